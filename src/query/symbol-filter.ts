import { classifySymbol, type SymbolFacts } from "../vision/symbol.js";
import { choice, text, withDefault, type ValuesOf } from "./arguments.js";

/** Arguments of queries that show symbols. */
export const symbolFilter = {
  quote: text("only symbols with this quote asset"),
  contract: withDefault(
    choice("which contracts; settled names count as perpetual", ["perpetual", "delivery", "all"]),
    "perpetual",
  ),
} as const;

/** The symbols that a query covers. */
export type SymbolFilter = ValuesOf<typeof symbolFilter>;

const known = new Map<string, SymbolFacts>();

/** Facts of a symbol's name, cached: the same thousand names appear in every answer. */
export function factsOf(symbol: string): SymbolFacts {
  let facts = known.get(symbol);
  if (facts === undefined) {
    facts = classifySymbol(symbol);
    known.set(symbol, facts);
  }
  return facts;
}

/** Whether a symbol passes a filter. */
export function passes(symbol: string, { contract, quote }: SymbolFilter): boolean {
  const facts = factsOf(symbol);
  if (quote !== undefined && facts.quote !== quote) return false;
  return contract === "all" || (contract === "delivery") === (facts.class === "delivery");
}

/** Compares rows by their symbols, in the order of UTF-16 code units. */
export function bySymbol(a: { symbol: string }, b: { symbol: string }): number {
  return a.symbol < b.symbol ? -1 : 1;
}
