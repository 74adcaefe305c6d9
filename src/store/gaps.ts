import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { finalSql } from "../vision/finality.js";
import type { Day } from "../calendar/day.js";
import { gapsBetween, type Span } from "../calendar/span.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";

/**
 * The days of each symbol that have no row, or only a provisional one.
 *
 * @returns ascending, disjoint ranges for each of `symbols`, in its order; empty when nothing is left to do.
 */
export async function gaps(store: Store, wanted: { symbols: readonly string[] } & Span): Promise<Span[][]> {
  const spans = await finalSpans(store, wanted);
  return wanted.symbols.map((symbol) => gapsBetween(spans.get(symbol) ?? [], wanted));
}

/** The spans of days with final rows of each symbol, ascending and as long as they can be. */
async function finalSpans(store: Store, { from, to }: Span): Promise<Map<string, Span[]>> {
  const final = `date BETWEEN ${dateLiteral(from)} AND ${dateLiteral(to)} AND ${finalSql(store.dataset.finality)}`;
  const spans = new Map<string, Span[]>();
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
        WHERE ${condition} AND date NOT IN (SELECT date FROM availability WHERE ${condition} AND NOT (${finalSql(store.dataset.finality)}))`,
    );
    const day = result.getRows()[0]?.[0];
    return typeof day === "number" ? day : undefined;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}
