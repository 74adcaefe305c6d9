import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { FINAL_AFTER_DAYS } from "../vision/dataset.js";
import { formatDay, type Day } from "../calendar/day.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";
import { dayNumber } from "../calendar/sql.js";

/** Days from `from` to `to`, both included. */
export interface DayRange {
  from: Day;
  to: Day;
}

/** SQL: whether a row's probe is final, that is not from before `finalFrom` of its day. */
const IS_FINAL = `probe_timestamp >= date + INTERVAL ${FINAL_AFTER_DAYS} DAY`;

/**
 * The days of each symbol that have no row, or only a provisional one.
 *
 * @returns ascending, disjoint ranges for each of `symbols`, in its order; empty when nothing is left to do.
 */
export async function gaps(store: Store, wanted: { symbols: readonly string[] } & DayRange): Promise<DayRange[][]> {
  const { from, to, symbols } = wanted;
  const spans = await finalSpans(store, wanted);
  return symbols.map((symbol) => {
    const ranges: DayRange[] = [];
    let next = from;
    for (const span of spans.get(symbol) ?? []) {
      if (span.from > next) ranges.push({ from: next, to: span.from - 1 });
      next = span.to + 1;
    }
    if (next <= to) ranges.push({ from: next, to });
    return ranges;
  });
}

/** The spans of days with final rows of each symbol, ascending and as long as they can be. */
async function finalSpans(store: Store, { from, to }: DayRange): Promise<Map<string, DayRange[]>> {
  const final = `date BETWEEN DATE '${formatDay(from)}' AND DATE '${formatDay(to)}' AND ${IS_FINAL}`;
  const spans = new Map<string, DayRange[]>();
  try {
    // Most symbols have one span, which three aggregates show; ranking the days of all of them takes 20 times as long.
    const whole = await store.connection.runAndReadAll(
      `SELECT symbol, ${dayNumber("min(date)")}, ${dayNumber("max(date)")}, count(*)::INTEGER
        FROM availability WHERE ${final} GROUP BY symbol`,
    );
    const broken: string[] = [];
    for (const [symbol, first, last, count] of whole.getRows() as [string, Day, Day, number][]) {
      if (count === last - first + 1) spans.set(symbol, [{ from: first, to: last }]);
      else broken.push(symbol);
    }
    if (broken.length === 0) return spans;
    // Days of a symbol that follow each other without a gap have the same difference of day and rank.
    const islands = await store.connection.runAndReadAll(
      `SELECT symbol, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM (
          SELECT symbol, date, date - row_number() OVER (PARTITION BY symbol ORDER BY date)::INTEGER AS island
          FROM availability WHERE ${final} AND symbol IN (SELECT unnest($broken))
        ) GROUP BY symbol, island ORDER BY 1, 2`,
      { broken: listValue(broken) },
      { broken: LIST(VARCHAR) },
    );
    for (const [symbol, first, last] of islands.getRows() as [string, Day, Day][]) {
      const known = spans.get(symbol);
      if (known === undefined) spans.set(symbol, [{ from: first, to: last }]);
      else known.push({ from: first, to: last });
    }
    return spans;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** Days before the last one that {@link lastFinalDay} looks at first: enough unless the last run is long ago. */
const RECENT_DAYS = 32;

/** The greatest date all of whose rows are final, or undefined when there is none. */
export async function lastFinalDay(store: Store): Promise<Day | undefined> {
  const recent = `date > (SELECT max(date) FROM daily_symbol_counts) - ${RECENT_DAYS}`;
  return (await lastFinalDayWhere(store, recent)) ?? (await lastFinalDayWhere(store, "true"));
}

async function lastFinalDayWhere(store: Store, condition: string): Promise<Day | undefined> {
  try {
    const result = await store.connection.runAndReadAll(
      `SELECT ${dayNumber("max(date)")} FROM daily_symbol_counts
        WHERE ${condition} AND date NOT IN (SELECT date FROM availability WHERE ${condition} AND NOT (${IS_FINAL}))`,
    );
    const day = result.getRows()[0]?.[0];
    return typeof day === "number" ? day : undefined;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}
