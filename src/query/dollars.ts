import { DOLLAR_QUOTES } from "../vision/symbol.js";
import { factsOf, passes, type SymbolFilter } from "./symbol-filter.js";

/** What notes say of {@link isComparable}. */
export const QUOTE_NOTES = `Unless --quote names one, symbols are those of the quote assets of about a US dollar (${DOLLAR_QUOTES.join(", ")}),
since volumes in others can't be compared with them.`;

/** Whether a symbol passes a filter, and its volumes can be compared with and added to those of the others that do. */
export function isComparable(symbol: string, filter: SymbolFilter): boolean {
  return passes(symbol, filter) && (filter.quote !== undefined || DOLLAR_QUOTES.includes(factsOf(symbol).quote));
}
