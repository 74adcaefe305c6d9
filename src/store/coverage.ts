import { DuckDBDateValue } from "@duckdb/node-api";
import { FINAL_AFTER_DAYS } from "../vision/dataset.js";
import type { Day } from "../vision/day.js";
import { toStoreError } from "./errors.js";
import type { Store } from "./open.js";

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
  const spans = new Map<string, DayRange[]>();
  try {
    // Days of a symbol that follow each other without a gap have the same difference of day and rank.
    const result = await store.connection.runAndReadAll(
      `SELECT symbol, min(date) - DATE '1970-01-01', max(date) - DATE '1970-01-01' FROM (
          SELECT symbol, date, date - row_number() OVER (PARTITION BY symbol ORDER BY date)::INTEGER AS island
          FROM availability WHERE date BETWEEN $from AND $to AND ${IS_FINAL}
        ) GROUP BY symbol, island ORDER BY 1, 2`,
      { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) },
    );
    for (const [symbol, first, last] of result.getRows()) {
      const name = String(symbol);
      const list = spans.get(name) ?? [];
      list.push({ from: Number(first), to: Number(last) });
      spans.set(name, list);
    }
    return spans;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** The greatest date all of whose rows are final, or undefined when there is none. */
export async function lastFinalDay(store: Store): Promise<Day | undefined> {
  try {
    const result = await store.connection.runAndReadAll(
      `SELECT max(date) - DATE '1970-01-01' FROM daily_symbol_counts
        WHERE date NOT IN (SELECT date FROM availability WHERE NOT (${IS_FINAL}))`,
    );
    const day = result.getRows()[0]?.[0];
    return typeof day === "number" ? day : undefined;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}
