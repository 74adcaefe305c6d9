import type { Discovery } from "../../run/symbols.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { classifySymbol, type SymbolClass } from "../../vision/symbol.js";

/** Maximum number of names per line; `--json` has them all. */
const NAMES_SHOWN = 20;

const SYMBOL_COLUMNS = {
  symbol: column("symbol", "name of the folder"),
  class: column("text", "perpetual, settled or delivery"),
  ticker: column("text", "the name without a settled suffix or delivery date"),
  quote: optionalColumn("text", "quote asset, if it is a known one"),
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

/** A discovery as text: classes and quote assets, new and vanished symbols. */
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
    ...nameLine("no longer in the bucket, kept", gone),
    ...nameLine("folders that are not symbols", foreign),
  ].join("\n");
}

/** One line with the first names; no line when there are none. */
export function nameLine(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMES_SHOWN).map(printable).join(", ");
  const more = names.length > NAMES_SHOWN ? ` and ${number(names.length - NAMES_SHOWN)} more` : "";
  return [`  ${number(names.length)} ${title}: ${shown}${more}`];
}
