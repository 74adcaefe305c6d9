import { DiscoveryError, InterruptedError, UsageError } from "../errors.js";
import type { Threads } from "../threads/threads.js";
import { classifySymbol, isSymbol } from "../vision/symbol.js";
import type { Emit } from "./events.js";
import type { ProbeSettings, Settings } from "./settings.js";

/** What a listing of the bucket's folders gave. */
export interface Discovery {
  /** Symbols of the bucket, of every class, in the bucket's order. */
  symbols: string[];
  /** Symbols of the bucket that the file did not know. */
  added: string[];
  /** Symbols that the file knows and the bucket no longer has; they are kept. */
  gone: string[];
  /** Folders whose names can't be symbols. */
  foreign: string[];
}

/** Age from which the symbol list of the file is made anew, ms. */
const LIST_MAX_AGE_MS = 24 * 3_600_000;

/**
 * The symbols of a run: those named by the settings, else every perpetual (settled ones included) known to the file,
 * after listing the bucket when the file's list is older than a day. Symbols are never forgotten, even when their
 * folder is gone.
 *
 * @throws DiscoveryError when the bucket can't be listed
 * @throws InterruptedError when the signal came before it was
 * @throws UsageError when nothing can be listed and nothing is known, or no symbol is left
 */
export async function resolveSymbols(settings: ProbeSettings, threads: Threads, emit: Emit): Promise<string[]> {
  const { quote } = settings;
  const symbols = settings.symbols ?? (await perpetuals(settings, threads, emit));
  const chosen = symbols.filter((symbol) => quote === undefined || classifySymbol(symbol).quote === quote);
  if (chosen.length === 0) {
    if (quote === undefined) throw new UsageError("no symbols to probe");
    throw new UsageError(`no symbol has the quote asset ${quote}`, { option: "quote" });
  }
  return chosen.sort();
}

async function perpetuals(settings: Settings, threads: Threads, emit: Emit): Promise<string[]> {
  const { facts } = threads;
  const known = facts.symbols.map(({ symbol }) => symbol);
  const fresh = facts.discoveredAt !== undefined && Date.now() - facts.discoveredAt < LIST_MAX_AGE_MS;
  const names = fresh ? known : [...known, ...(await discoverSymbols(settings, threads, emit)).symbols];
  return [...new Set(names)].filter((symbol) => classifySymbol(symbol).class !== "delivery");
}

/**
 * Lists the bucket for its symbols and records them in the file. The signal lets the page in hand come in; when it was
 * the last one, the symbols are recorded all the same.
 *
 * @throws DiscoveryError when the bucket can't be listed, UsageError when no list endpoint is known, InterruptedError
 */
export async function discoverSymbols(
  { listEndpoint, signal }: Settings,
  threads: Threads,
  emit: Emit,
): Promise<Discovery> {
  if (listEndpoint === undefined) {
    throw new UsageError("name them: an endpoint without a list endpoint can't be listed", { option: "symbols" });
  }
  const isAborted = () => signal?.aborted === true;
  const abandon = () => {
    threads.abandon();
  };
  signal?.addEventListener("abort", abandon, { once: true });
  try {
    if (isAborted()) throw interrupted();
    const outcome = await (await threads.probers()).discover();
    if (outcome.type === "failed") {
      if (isAborted()) throw interrupted();
      const { code, message } = outcome.failure;
      throw new DiscoveryError(`listing the bucket's symbols failed (${code}: ${message}); try again or name them`);
    }
    const symbols = outcome.names.filter(isSymbol);
    const foreign = outcome.names.filter((name) => !isSymbol(name));
    if (symbols.length === 0) throw new DiscoveryError("the bucket lists no symbols: is this Binance Vision?");
    const { added, gone } = await threads.writer.call("recordDiscovery", symbols, Date.now());
    emit({ type: "discovered", symbol_count: symbols.length, added, gone });
    return { symbols, added, gone, foreign };
  } finally {
    signal?.removeEventListener("abort", abandon);
  }
}

function interrupted(): InterruptedError {
  return new InterruptedError("interrupted before the bucket was listed");
}
