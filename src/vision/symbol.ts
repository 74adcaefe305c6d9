import { parseDay } from "../calendar/day.js";
import { UsageError } from "../errors.js";

/**
 * The kind of contract according to a symbol's name. `settled` is the old contract of a ticker that was listed again
 * (`ICPUSDT_SETTLED`, `AERGOUSDTSETTLEDSETTLED`); it was a perpetual. `delivery` names end in a valid `_YYMMDD`.
 */
export type SymbolClass = "perpetual" | "delivery" | "settled";

/** Facts read from a symbol's name alone. */
export interface SymbolFacts {
  class: SymbolClass;
  /** The name without settled suffixes or delivery date: the exchange's name while it trades. */
  ticker: string;
  /** Quote asset, or "" when the name ends in no known one. */
  quote: string;
}

/** Quote assets seen in the bucket, the longest first so that `BUSD` and `USD1` win over `U`. */
export const QUOTES = ["USDT", "USDC", "BUSD", "USD1", "BTC", "U"] as const;

/** Quote assets worth about a US dollar: volumes in them can be added up and compared. */
export const DOLLAR_QUOTES: readonly string[] = ["USDT", "USDC", "BUSD", "USD1", "U"];

const SETTLED = /^(.+?)((?:_?SETTLED)+)$/;
const DELIVERY = /^(.+)_(\d{2})(\d{2})(\d{2})$/;

/** Classifies a folder name of the bucket. Accepts any name; an unknown quote gives `quote: ""`. */
export function classifySymbol(symbol: string): SymbolFacts {
  if (typeof symbol !== "string") throw new UsageError(`${typeof symbol} is not a string`, { option: "symbol" });
  const settled = SETTLED.exec(symbol);
  if (settled?.[1] !== undefined) return { class: "settled", ticker: settled[1], quote: quoteOf(settled[1]) };
  const delivery = DELIVERY.exec(symbol);
  if (delivery?.[1] !== undefined && parseDay(`20${delivery[2] ?? ""}-${delivery[3] ?? ""}-${delivery[4] ?? ""}`)) {
    return { class: "delivery", ticker: delivery[1], quote: quoteOf(delivery[1]) };
  }
  return { class: "perpetual", ticker: symbol, quote: quoteOf(symbol) };
}

function quoteOf(ticker: string): string {
  return QUOTES.find((quote) => ticker.endsWith(quote) && ticker.length > quote.length) ?? "";
}

/**
 * Whether a text can be a symbol: 2 to 64 letters or digits of any script and underscores. The CLI accepts only this
 * form, and discovery ignores all other folder names.
 */
export function isSymbol(text: string): boolean {
  return /^[\p{L}\p{N}_]{2,64}$/u.test(text);
}
