import { DiscoveryError, InterruptedError, UsageError } from "../errors.js";
import type { Threads } from "../threads/threads.js";
import { nearest } from "../text/nearest.js";
import { classifySymbol, isSymbol } from "../vision/symbol.js";
import { endOnSignal } from "./ending.js";
import type { Emit } from "./events.js";
import type { ProbeSettings, Settings } from "./settings.js";

/** Result of listing the bucket's folders. */
export interface Discovery {
  /** Symbols of the bucket, of every class, in the bucket's order. */
  symbols: string[];
  /** Symbols of the bucket that are new to the database. */
  added: string[];
  /** Symbols in the database that the bucket no longer has; they are kept. */
  gone: string[];
  /** Folders whose names can't be symbols. */
  foreign: string[];
}

/** Settings that decide the symbols of a run. */
export type SymbolSettings = Settings & Pick<ProbeSettings, "symbols" | "quote" | "unlisted">;

/** Age at which the list of symbols is refreshed, ms: runs in quick succession share one. */
const LIST_MAX_AGE_MS = 3_600_000;

/**
 * The symbols of a run: those named by the settings, otherwise all known perpetuals (including settled ones), after
 * listing the bucket if the known list is older than an hour. Symbols are never forgotten, even if their folder is
 * gone. None if the signal was aborted before they were known.
 *
 * @throws DiscoveryError when the bucket can't be listed
 * @throws UsageError when nothing can be listed and nothing is known, a name is not a symbol of the bucket, or no
 * symbol is left
 */
export async function resolveSymbols(settings: SymbolSettings, threads: Threads, emit: Emit): Promise<string[]> {
  const { quote, symbols: named, unlisted, listEndpoint } = settings;
  const known = await knownSymbols(settings, threads, emit);
  if (known === undefined) return [];
  if (named !== undefined && listEndpoint !== undefined && !unlisted) requireListed(named, known);
  const symbols = named ?? known.filter((symbol) => classifySymbol(symbol).class !== "delivery");
  const chosen = symbols.filter((symbol) => quote === undefined || classifySymbol(symbol).quote === quote);
  if (chosen.length === 0) {
    if (quote === undefined) throw new UsageError("no symbols to probe");
    throw new UsageError(`no symbol has the quote asset ${quote}`, { option: "quote" });
  }
  return chosen.sort();
}

/** The known symbols, after listing the bucket again if needed; undefined if the signal was aborted first. */
async function knownSymbols(settings: SymbolSettings, threads: Threads, emit: Emit): Promise<string[] | undefined> {
  const { symbols: named, unlisted, listEndpoint, now } = settings;
  const { symbols, discoveredAt } = threads.facts;
  const known = symbols.map(({ symbol }) => symbol);
  const age = discoveredAt === undefined ? Infinity : now - discoveredAt;
  const isFresh = age >= 0 && age < LIST_MAX_AGE_MS;
  const isEnough = named !== undefined && (unlisted || listEndpoint === undefined || isFresh);
  if (isEnough || (named === undefined && isFresh)) return known;
  try {
    return [...new Set([...known, ...(await discoverSymbols(settings, threads, emit)).symbols])];
  } catch (error) {
    if (error instanceof InterruptedError) return undefined;
    throw error;
  }
}

function requireListed(named: readonly string[], listed: readonly string[]): void {
  const known = new Set(listed);
  const unknown = named.find((symbol) => !known.has(symbol));
  if (unknown === undefined) return;
  const meant = nearest(unknown.toUpperCase(), listed);
  const end = meant === undefined ? "." : `: did you mean ${meant}?`;
  throw new UsageError(`the bucket does not list ${unknown}${end} The option unlisted takes it anyway`, {
    option: "symbols",
  });
}

/**
 * Lists the bucket's symbols and records them in the database. When the signal is aborted, the current page is still
 * received; if it was the last one, the symbols are recorded anyway.
 *
 * @throws DiscoveryError when the bucket can't be listed, UsageError when no list endpoint is known, InterruptedError
 */
export async function discoverSymbols(
  { listEndpoint, signal }: Settings,
  threads: Threads,
  emit: Emit,
): Promise<Discovery> {
  if (listEndpoint === undefined) {
    throw new UsageError("name the symbols: without a list endpoint, they can't be listed", { option: "symbols" });
  }
  const isAborted = () => signal?.aborted === true;
  using ending = endOnSignal(signal, () => {
    threads.abandon();
  });
  if (isAborted()) throw interrupted(signal);
  const pool = await threads.probers();
  const outcome = await Promise.race([pool.discover(), ending.over]);
  if (outcome === undefined) throw interrupted(signal);
  if (outcome.type === "failed") {
    if (isAborted()) throw interrupted(signal);
    const { code, message } = outcome.failure;
    throw new DiscoveryError(
      `listing the bucket's symbols failed (${code}: ${message}); try again. With the option unlisted, a run over named symbols needs no list`,
      {
        cause: outcome.failure,
      },
    );
  }
  const symbols = outcome.names.filter(isSymbol);
  const foreign = outcome.names.filter((name) => !isSymbol(name));
  if (symbols.length === 0) throw new DiscoveryError("the bucket lists no symbols: is this Binance Vision?");
  const { added, gone } = await threads.writer.call("recordDiscovery", symbols, Date.now());
  emit({ type: "discovered", symbol_count: symbols.length, added, gone });
  return { symbols, added, gone, foreign };
}

function interrupted(signal: AbortSignal | undefined): InterruptedError {
  return new InterruptedError("interrupted before the bucket was listed", { cause: signal?.reason });
}
