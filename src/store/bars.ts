import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { selectChunks } from "./prepared.js";

/** What a bar counts. */
export type BarMeasure = "quote_volume" | "trade_count";

/** Numbers for each day of a span, by symbol. */
export interface BarSeries<Measure extends BarMeasure> extends Span {
  /** Of each measure, one value a day from `from` on; 0 where there is no bar. */
  bySymbol: ReadonlyMap<string, Readonly<Record<Measure, Float64Array>>>;
}

/** SQL: the bars of some symbols in a span of days, symbols by their place in `$symbols` and days by theirs in the span. */
const BARS = (measures: readonly BarMeasure[]) => `
  SELECT place::INTEGER, ${dayNumber("date")} - ${dayNumber("$from")}, ${measures.map((measure) => `${measure}::DOUBLE`).join(", ")}
  FROM daily_volumes JOIN (SELECT unnest($symbols) AS symbol, unnest(range(len($symbols))) AS place) USING (symbol)
  WHERE date BETWEEN $from AND $to`;

/**
 * Reads columns of the bars of some symbols, for each day of a span.
 *
 * @param symbols no symbol twice
 * @throws StoreError when the file can't be read
 * @example
 * ```ts
 * const { bySymbol } = await barSeries(store, ["BTCUSDT"], { from: D - 30, to: D - 1 }, ["quote_volume"]);
 * bySymbol.get("BTCUSDT")?.quote_volume; // Float64Array(30)
 * ```
 */
export async function barSeries<const Measure extends BarMeasure>(
  store: Store,
  symbols: readonly string[],
  { from, to }: Span,
  measures: readonly Measure[],
): Promise<BarSeries<Measure>> {
  const days = Math.max(0, to - from + 1);
  // All values of a measure in one array, symbol after symbol.
  const all = measures.map(() => new Float64Array(symbols.length * days));
  const parameters = { symbols, from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) };
  for (const chunk of await selectChunks(store, BARS(measures), parameters)) {
    const [places, offsets] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    const { rowCount } = chunk;
    for (const [index, values] of all.entries()) {
      const found = chunk.getColumnVector(2 + index);
      for (let row = 0; row < rowCount; row++) {
        values[Number(places.getItem(row)) * days + Number(offsets.getItem(row))] = Number(found.getItem(row));
      }
    }
  }
  const seriesAt = (place: number) =>
    // The names are those of the measures.
    Object.fromEntries(
      measures.map((measure, index) => [measure, all[index]?.subarray(place * days, (place + 1) * days)]),
    ) as Record<Measure, Float64Array>;
  return { from, to, bySymbol: new Map(symbols.map((symbol, place) => [symbol, seriesAt(place)])) };
}
