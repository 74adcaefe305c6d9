import { parseDay } from "../calendar/day.js";

/**
 * What a symbol's name says about its contract. `settled` is the old contract of a ticker that was listed again
 * (`ICPUSDT_SETTLED`, `AERGOUSDTSETTLEDSETTLED`); it was a perpetual. `delivery` ends in a true `_YYMMDD`.
 */
export type SymbolClass = "perpetual" | "delivery" | "settled";

/** Facts read from a symbol's name alone. */
export interface SymbolFacts {
  class: SymbolClass;
  /** The name without settled suffixes or delivery date: what the exchange calls it while it trades. */
  ticker: string;
  /** Quote asset, or "" when the name ends in none that is known. */
  quote: string;
}

/** Quote assets seen in the bucket, the longest first so that `BUSD` and `USD1` win over `U`. */
export const QUOTES = ["USDT", "USDC", "BUSD", "USD1", "BTC", "U"] as const;

/** Quote assets of about a US dollar: volumes in them can be added up and compared. */
export const DOLLAR_QUOTES: readonly string[] = ["USDT", "USDC", "BUSD", "USD1", "U"];

const SETTLED = /^(.+?)((?:_?SETTLED)+)$/;
const DELIVERY = /^(.+)_(\d{2})(\d{2})(\d{2})$/;

/** Classifies a folder name of the bucket. Any name gets an answer; unknown quotes give `quote: ""`. */
export function classifySymbol(symbol: string): SymbolFacts {
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
 * Whether a text can be a symbol: 2 to 64 letters or digits of any script and underscores. This is the form that the
 * CLI accepts, and discovery leaves every other folder name aside.
 */
export function isSymbol(text: string): boolean {
  return /^[\p{L}\p{N}_]{2,64}$/u.test(text);
}
