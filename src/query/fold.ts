import { factsOf } from "./symbol-filter.js";

/**
 * Folds the names that a ticker has on a day into one row: that of its own name, else of a settled one; the other settled
 * names appear in `also`. Deliveries are contracts of their own.
 *
 * @param rows of one day, in order of symbol, no symbol twice
 */
export function foldTickers<Row extends { symbol: string }>(rows: readonly Row[]): (Row & { also: string[] })[] {
  const folded = new Map<string, Row & { also: string[] }>();
  for (const row of rows) {
    const { class: kind, ticker } = factsOf(row.symbol);
    const key = kind === "delivery" ? row.symbol : ticker;
    // The ticker's own name comes before the settled ones, which begin with it.
    const shown = folded.get(key);
    if (shown === undefined) folded.set(key, { ...row, also: [] });
    else shown.also.push(row.symbol);
  }
  return [...folded.values()];
}
