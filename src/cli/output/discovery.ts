import type { Discovery } from "../../run/symbols.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { classifySymbol, type SymbolClass } from "../../vision/symbol.js";

/** Names shown a line; `--json` has them all. */
const NAMES_SHOWN = 20;

const SYMBOL_COLUMNS = {
  symbol: column("symbol", "name of the folder"),
  class: column("text", "perpetual, settled or delivery"),
  ticker: column("text", "the name without a settled suffix or delivery date"),
  quote: optionalColumn("text", "quote asset, when it is a known one"),
};

/** A discovery as an answer: a row for each symbol of the bucket. */
export function discoveryAnswer({ symbols, ...facts }: Discovery): Answer<object, typeof SYMBOL_COLUMNS> {
  const rows = symbols.map((symbol) => {
    const known = classifySymbol(symbol);
    return { symbol, class: known.class, ticker: known.ticker, quote: known.quote === "" ? null : known.quote };
  });
  return {
    facts: { symbol_count: symbols.length, ...facts },
    rowsName: "symbols",
    columns: SYMBOL_COLUMNS,
    rows: [rows],
  };
}

/** A discovery for people: classes and quote assets, what is new and what is gone. */
export function discoveryText({ symbols, added, gone, foreign }: Discovery): string {
  const facts = symbols.map(classifySymbol);
  const ofClass = (wanted: SymbolClass) => number(facts.filter((fact) => fact.class === wanted).length);
  const quotes = new Map<string, number>();
  for (const { quote } of facts) quotes.set(quote || "other", (quotes.get(quote || "other") ?? 0) + 1);
  const quoteCounts = [...quotes].sort(([, a], [, b]) => b - a).map(([quote, count]) => `${quote} ${number(count)}`);
  return [
    `${plural(symbols.length, "symbol")}: ${ofClass("perpetual")} perpetual, ${ofClass("settled")} settled, ${ofClass("delivery")} delivery`,
    `  quoted in ${quoteCounts.join(", ")}`,
    ...nameLine("new", added),
    ...nameLine("gone from the bucket, kept", gone),
    ...nameLine("folders that are not symbols", foreign),
  ].join("\n");
}

/** Names in one line, the first of them; none without any. */
export function nameLine(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMES_SHOWN).map(printable).join(", ");
  const more = names.length > NAMES_SHOWN ? ` and ${number(names.length - NAMES_SHOWN)} more` : "";
  return [`  ${number(names.length)} ${title}: ${shown}${more}`];
}
