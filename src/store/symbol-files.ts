import type { Day } from "../calendar/day.js";
import { dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { hasFutureRows } from "./probed.js";
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

/**
 * The symbols that have a file, in order of name. Rows probed in the future are ignored.
 *
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export const symbolFiles = oncePerReader(
  (store: Store, now: number): Promise<readonly SymbolFiles[]> =>
    readRows(
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
    ),
  async (_, store, now) => !(await hasFutureRows(store, now)),
);
