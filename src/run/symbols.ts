import { DiscoveryError, UsageError } from "../errors.js";
import { classifySymbol, isSymbol } from "../vision/symbol.js";
import type { Discovery } from "./discover.js";
import type { RunSession } from "./run.js";

/** Age from which the symbol list of the file is made anew, ms. */
const LIST_MAX_AGE = 24 * 3_600_000;

/**
 * The symbols of a run: those named by the options, else every perpetual (settled ones included) known to the file,
 * after listing the bucket when the file's list is older than a day. Symbols are never forgotten, also when their
 * folder is gone.
 *
 * @throws DiscoveryError when the bucket can't be listed
 * @throws UsageError when a name can't be a symbol, there is nothing to list and nothing is known, or no symbol is left
 */
export async function resolveSymbols(session: RunSession): Promise<string[]> {
  const { quote } = session.options;
  const symbols = session.options.symbols ?? (await perpetuals(session));
  const wrong = symbols.find((symbol) => !isSymbol(symbol));
  if (wrong !== undefined) throw new UsageError(`not a symbol: ${JSON.stringify(wrong)}`);
  const chosen = [...new Set(symbols)].filter(
    (symbol) => quote === undefined || classifySymbol(symbol).quote === quote,
  );
  if (chosen.length === 0) {
    throw new UsageError(quote === undefined ? "no symbols to probe" : `no symbol has the quote asset ${quote}`);
  }
  return chosen.sort();
}

async function perpetuals(session: RunSession): Promise<string[]> {
  const { facts } = session;
  const known = facts.symbols.map(({ symbol }) => symbol);
  const fresh = facts.discoveredAt !== undefined && Date.now() - facts.discoveredAt < LIST_MAX_AGE;
  const names = fresh ? known : [...known, ...(await discoverSymbols(session)).symbols];
  return names.filter((symbol) => classifySymbol(symbol).class !== "delivery");
}

/**
 * Lists the bucket for its symbols and records them in the file.
 *
 * @throws DiscoveryError when the bucket can't be listed, UsageError when no list endpoint is known
 */
export async function discoverSymbols(session: RunSession): Promise<Discovery> {
  if (!session.canList) {
    throw new UsageError("an endpoint without --list-endpoint can't be listed: name the symbols with --symbols");
  }
  const outcome = await session.discover();
  if (outcome.type === "failed") {
    const { code, message } = outcome.failure;
    throw new DiscoveryError(
      `the bucket can't be listed for its symbols (${code}: ${message}); try again or name them`,
    );
  }
  const symbols = outcome.names.filter(isSymbol);
  const foreign = outcome.names.filter((name) => !isSymbol(name));
  if (symbols.length === 0) throw new DiscoveryError("the bucket lists no symbols: is this Binance Vision?");
  const { added, gone } = await session.writer.call("recordDiscovery", symbols, Date.now());
  session.options.onEvent?.({ type: "discovered", symbols: symbols.length, added, gone });
  return { symbols, added, gone, foreign };
}
