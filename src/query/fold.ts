import { factsOf } from "./symbol-filter.js";

/** A row of a symbol, with the settled names of its ticker that also had a file. */
export interface FoldedRow {
  symbol: string;
  also: string[];
}

/**
 * Folds the names of a ticker on a day into one row: that of its own name, or else of a settled one; other settled
 * names appear in `also`. Delivery contracts are not folded. Changes the rows, because copying each would take a tenth
 * of the time of a snapshot.
 *
 * @param rows of one day, in order of symbol, no symbol twice, with nothing in `also`
 */
export function foldTickers<Row extends FoldedRow>(rows: readonly Row[]): Row[] {
  const folded = new Map<string, Row>();
  for (const row of rows) {
    const { class: kind, ticker } = factsOf(row.symbol);
    const key = kind === "delivery" ? row.symbol : ticker;
    // The ticker's own name comes before the settled ones, which begin with it.
    const shown = folded.get(key);
    if (shown === undefined) folded.set(key, row);
    else shown.also.push(row.symbol);
  }
  return [...folded.values()];
}
