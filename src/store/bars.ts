import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { selectChunks } from "./prepared.js";

/** What a bar counts. */
export type BarMeasure = "quote_volume" | "trade_count";

/** A number for each day of a span, by symbol. */
export interface BarSeries extends Span {
  /** One value a day from `from` on; 0 where there is no bar. */
  bySymbol: ReadonlyMap<string, Float64Array>;
}

/** SQL: the bars of some symbols in a span of days, symbols by their place in `$symbols` and days by theirs in the span. */
const BARS = (measure: BarMeasure) => `
  SELECT place::INTEGER, ${dayNumber("date")} - ${dayNumber("$from")}, ${measure}::DOUBLE
  FROM daily_volumes JOIN (SELECT unnest($symbols) AS symbol, unnest(range(len($symbols))) AS place) USING (symbol)
  WHERE date BETWEEN $from AND $to`;

/**
 * Reads one column of the bars of some symbols, for each day of a span.
 *
 * @param symbols no symbol twice
 * @throws StoreError when the file can't be read
 * @example
 * ```ts
 * const { bySymbol } = await barSeries(store, ["BTCUSDT"], { from: D - 30, to: D - 1 }, "quote_volume");
 * bySymbol.get("BTCUSDT"); // Float64Array(30)
 * ```
 */
export async function barSeries(
  store: Store,
  symbols: readonly string[],
  { from, to }: Span,
  measure: BarMeasure,
): Promise<BarSeries> {
  const days = Math.max(0, to - from + 1);
  const series = symbols.map(() => new Float64Array(days));
  const parameters = { symbols, from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) };
  for (const chunk of await selectChunks(store, BARS(measure), parameters)) {
    const [places, offsets, values] = [0, 1, 2].map((column) => chunk.getColumnVector(column));
    const { rowCount } = chunk;
    for (let row = 0; row < rowCount; row++) {
      const ofSymbol = series[Number(places?.getItem(row))];
      if (ofSymbol !== undefined) ofSymbol[Number(offsets?.getItem(row))] = Number(values?.getItem(row));
    }
  }
  return {
    from,
    to,
    bySymbol: new Map(symbols.map((symbol, place) => [symbol, series[place] ?? new Float64Array(days)])),
  };
}
