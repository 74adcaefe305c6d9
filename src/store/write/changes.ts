import type { DuckDBConnection } from "@duckdb/node-api";
import { numbersOf } from "../numbers.js";
import { lateSql, type Finality } from "../../vision/finality.js";

/**
 * How a known file can change: it came late, was replaced by another, or was removed.
 */
export const CHANGE_KINDS = ["late", "replaced", "removed"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export type ChangeCounts = Readonly<Record<ChangeKind, number>>;

export const NO_CHANGES: ChangeCounts = { late: 0, replaced: 0, removed: 0 };

/**
 * SQL: whether a row of `matched` has the same file before and after. A newly learnt fact, such as the ETag of a file
 * that was stored without one, is not a change.
 */
const SAME_FILE = `(old_available AND available AND file_size_bytes = old_size_bytes
  AND last_modified = old_last_modified AND coalesce(etag = old_etag, true))`;

/**
 * Journals the changes among the rows in `matched`, in the transaction that makes them. A file is late if it was
 * missing so long after its day that it should have been published; otherwise it was just not published yet. Probes
 * from the future are ignored.
 */
export async function journalChanges(
  connection: DuckDBConnection,
  finality: Finality,
  runId: number,
): Promise<ChangeCounts> {
  const isLate = `(NOT old_available AND available AND ${lateSql(finality, "old_probe_timestamp")})`;
  await connection.run(
    `INSERT INTO changes
      SELECT date, symbol, CASE WHEN NOT available THEN 'removed' WHEN old_available THEN 'replaced' ELSE 'late' END,
        old_size_bytes, file_size_bytes, old_last_modified, last_modified, old_etag, etag, old_probe_timestamp,
        probe_timestamp, ${runId}
      FROM temp.matched
      WHERE old_probe_timestamp <= probe_timestamp AND (${isLate} OR (old_available AND NOT ${SAME_FILE}))`,
  );
  const [late = 0, replaced = 0, removed = 0] = await numbersOf(
    connection,
    `SELECT count(*) FILTER (${isLate}), count(*) FILTER (old_available AND available AND NOT ${SAME_FILE}),
        count(*) FILTER (old_available AND NOT available)
      FROM temp.matched WHERE old_probe_timestamp <= probe_timestamp`,
  );
  return { late, replaced, removed };
}
