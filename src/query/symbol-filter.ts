import { classifySymbol, type SymbolFacts } from "../vision/symbol.js";

/** Which symbols a question is about. */
export interface SymbolFilter {
  /** `perpetual` (default) includes settled names, which were perpetuals. */
  contract?: "perpetual" | "delivery" | "all";
  /** Only symbols with this quote asset. */
  quote?: string;
}

const known = new Map<string, SymbolFacts>();

/** Facts of a symbol's name, kept: the same thousand names come in every answer. */
export function factsOf(symbol: string): SymbolFacts {
  let facts = known.get(symbol);
  if (facts === undefined) {
    facts = classifySymbol(symbol);
    known.set(symbol, facts);
  }
  return facts;
}

/** Whether a symbol passes a filter. */
export function passes(symbol: string, { contract = "perpetual", quote }: SymbolFilter): boolean {
  const facts = factsOf(symbol);
  if (quote !== undefined && facts.quote !== quote) return false;
  return contract === "all" || (contract === "delivery") === (facts.class === "delivery");
}
