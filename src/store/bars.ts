import type { Span } from "../calendar/span.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { readColumns } from "./read-rows.js";

/** Trading figures of a symbol, one value for each day of a span; 0 on days without a bar. */
export interface Bars {
  quote_volume: Float64Array;
  trade_count: Float64Array;
}

const BARS = "SELECT symbol, date, quote_volume, trade_count FROM daily_volumes WHERE date BETWEEN $from AND $to";
const SHAPE = { symbol: "text", day: "day", quoteVolume: "number", tradeCount: "number" } as const;

/**
 * Reads the bars of some symbols, for each day of a span.
 *
 * The rows of all symbols are read and filtered here: they are mostly sorted by symbol, and a join with the requested
 * names took as long as everything else. For years of bars, lists by symbol, a streamed result and one chunk at a time
 * save less than a tenth of a daily universe's time, or nothing.
 *
 * @param symbols without duplicates
 * @returns by symbol, in the order of `symbols`
 * @throws StoreError when the file can't be read
 * @example
 * ```ts
 * const bars = await barSeries(store, ["BTCUSDT"], { from: D - 30, to: D - 1 });
 * bars.get("BTCUSDT")?.quote_volume; // Float64Array(30)
 * ```
 */
export async function barSeries(
  store: Store,
  symbols: readonly string[],
  { from, to }: Span,
): Promise<ReadonlyMap<string, Bars>> {
  const days = Math.max(0, to - from + 1);
  // One array per measure, with the values of one symbol after another.
  const volumes = new Float64Array(symbols.length * days);
  const trades = new Float64Array(symbols.length * days);
  const places = new Map(symbols.map((symbol, place) => [symbol, place]));
  const parameters = { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) };
  for (const { count, columns } of await readColumns(store, BARS, SHAPE, parameters)) {
    let symbol: string | undefined;
    let place: number | undefined;
    for (let row = 0; row < count; row++) {
      if (columns.symbol[row] !== symbol) {
        symbol = columns.symbol[row];
        place = places.get(symbol ?? "");
      }
      if (place === undefined) continue;
      const at = place * days + (columns.day[row] ?? 0) - from;
      volumes[at] = columns.quoteVolume[row] ?? 0;
      trades[at] = columns.tradeCount[row] ?? 0;
    }
  }
  const barsAt = (place: number): Bars => {
    const [first, last] = [place * days, (place + 1) * days];
    return { quote_volume: volumes.subarray(first, last), trade_count: trades.subarray(first, last) };
  };
  return new Map(symbols.map((symbol, place) => [symbol, barsAt(place)]));
}
