import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { TRADED, tradedOf, type Traded } from "../vision/traded.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { readRows } from "./read-rows.js";
import { knowsVolume, volumeSpans, type VolumeSpans } from "./volume-spans.js";

/** Whether a symbol was traded on a day. */
export type TradedDays = (symbol: string, day: Day) => Traded;

/**
 * Whether symbols were traded, for any day.
 *
 * @param now ms since the Unix epoch
 */
export async function tradedDays(store: Store, symbols: readonly string[], now: number): Promise<TradedDays> {
  const spans = await volumeSpans(store, now);
  const known = symbols.filter((symbol) => spans.has(symbol));
  if (known.length === 0) return () => "not known";
  const found = await readRows(
    store,
    `SELECT symbol, ${dayNumber("date")}, trade_count::DOUBLE FROM daily_volumes
      WHERE symbol IN (SELECT unnest($symbols))`,
    { symbol: "text", day: "day", trades: "number" },
    { symbols: known },
  );
  return lookUp(spans, found);
}

/**
 * Whether symbols were traded, for one day and any symbol.
 *
 * @param now ms since the Unix epoch
 */
export async function tradedOnDay(store: Store, day: Day, now: number): Promise<TradedDays> {
  const spans = await volumeSpans(store, now);
  if (spans.size === 0) return () => "not known";
  const found = await readRows(
    store,
    `SELECT symbol, ${dayNumber("date")}, trade_count::DOUBLE FROM daily_volumes WHERE date = $day`,
    { symbol: "text", day: "day", trades: "number" },
    { day: new DuckDBDateValue(day) },
  );
  return lookUp(spans, found);
}

/** The days of a span on which a symbol had a file and a trade. */
export interface TradedFiles extends Span {
  symbol: string;
  days: number;
}

/**
 * The symbols that had a file and trades on any day of a span, ignoring days with unknown trades.
 *
 * @returns by symbol, the number of such days, the first and the last
 */
export async function tradedFiles(store: Store, { from, to }: Span): Promise<Map<string, TradedFiles>> {
  const found = await readRows(
    store,
    `SELECT symbol, count(*)::INTEGER, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM availability
      SEMI JOIN (SELECT symbol, date FROM daily_volumes WHERE ${TRADED} AND date BETWEEN $from AND $to) AS bars
        USING (symbol, date)
      WHERE available AND date BETWEEN $from AND $to GROUP BY symbol`,
    { symbol: "text", days: "number", from: "day", to: "day" },
    { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) },
  );
  return new Map(found.map((row) => [row.symbol, row]));
}

function lookUp(spans: VolumeSpans, bars: readonly { symbol: string; day: Day; trades: number }[]): TradedDays {
  const trades = new Map<string, Map<Day, number>>();
  for (const bar of bars) {
    const ofSymbol = trades.get(bar.symbol) ?? new Map<Day, number>();
    ofSymbol.set(bar.day, bar.trades);
    trades.set(bar.symbol, ofSymbol);
  }
  return (symbol, day) => tradedOf(knowsVolume(spans, symbol, day), trades.get(symbol)?.get(day));
}
