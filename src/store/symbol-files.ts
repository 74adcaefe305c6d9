import type { Day } from "../calendar/day.js";
import { dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import type { Store } from "./open.js";
import { hasRowsOfLater } from "./probed.js";
import { readRows } from "./read-rows.js";

/** The rows and the files of a symbol that has a file. */
export interface SymbolFiles {
  symbol: string;
  /** Number of files, first and last day. */
  files: number;
  first: Day;
  last: Day;
  /** Number of rows, first and last day. */
  rows: number;
  firstRow: Day;
  lastRow: Day;
  /** Time of the earliest probe, ms since the Unix epoch. */
  firstProbe: number;
}

/** Cached for open files: readers keep every writer out, so a file can't change while it is open. */
const kept = new WeakMap<Store, readonly SymbolFiles[]>();

/**
 * The symbols that have a file, in order of name. Rows probed in the future are ignored.
 *
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export async function symbolFiles(store: Store, now: number): Promise<readonly SymbolFiles[]> {
  const before = kept.get(store);
  if (before !== undefined) return before;
  const found = await readRows(
    store,
    `SELECT symbol, count(*) FILTER (available)::INTEGER AS files, ${dayNumber("min(date) FILTER (available)")},
        ${dayNumber("max(date) FILTER (available)")}, count(*)::INTEGER, ${dayNumber("min(date)")},
        ${dayNumber("max(date)")}, epoch_ms(min(probe_timestamp))::DOUBLE
      FROM availability WHERE ${probedBySql("$now::BIGINT")} GROUP BY symbol HAVING files > 0 ORDER BY symbol`,
    {
      symbol: "text",
      files: "number",
      first: "day",
      last: "day",
      rows: "number",
      firstRow: "day",
      lastRow: "day",
      firstProbe: "number",
    },
    { now },
  );
  if (store.access === "read" && !(await hasRowsOfLater(store, now))) kept.set(store, found);
  return found;
}
