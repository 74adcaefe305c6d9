import { DOLLAR_QUOTES } from "../vision/symbol.js";
import { factsOf, passes, type SymbolFilter } from "./symbol-filter.js";

/** Explains {@link isComparable} in notes. */
export const QUOTE_NOTES = `Without --quote, only symbols quoted in an asset worth about a US dollar are included (${DOLLAR_QUOTES.join(", ")}),
because volumes in other assets can't be compared with theirs.`;

/** Whether a symbol passes a filter, and its volumes can be compared and added up with those of others that do. */
export function isComparable(symbol: string, filter: SymbolFilter): boolean {
  return passes(symbol, filter) && (filter.quote !== undefined || DOLLAR_QUOTES.includes(factsOf(symbol).quote));
}
