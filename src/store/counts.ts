import type { DuckDBConnection } from "@duckdb/node-api";
import { numberOf } from "./numbers.js";
import { inTransaction } from "./transaction.js";

/**
 * Updates `daily_symbol_counts` after a change of the rows, in the same transaction. The change is added to the counts:
 * recounting the days of a unit by symbol would read the whole table, and cost more with every commit of a backfill.
 *
 * @param change SQL of a query that gives (date, available, probed), possibly with repeated dates: by how much the
 *   number of available rows, and of all rows, has changed
 */
export async function addToCounts(connection: DuckDBConnection, change: string): Promise<void> {
  await connection.run(
    `INSERT INTO daily_symbol_counts
      SELECT date, sum(available), sum(probed) FROM (${change}) GROUP BY date
      ON CONFLICT DO UPDATE SET available_count = available_count + excluded.available_count,
        probed_count = probed_count + excluded.probed_count`,
  );
  await forgetUnsettledDays(connection);
}

/**
 * Deletes the stored unsettled days. Every transaction that changes what they depend on, which is rows and trades, must
 * do so; the end of the run computes them again.
 */
export async function forgetUnsettledDays(connection: DuckDBConnection): Promise<void> {
  await connection.run("DELETE FROM unsettled_days");
}

/** SQL: the counts computed from the rows. */
const COUNTED = `SELECT date, count(*) FILTER (available) AS available_count, count(*) AS probed_count
  FROM availability GROUP BY date`;

/** SQL: the days whose stored counts differ from their rows, with both counts; NULL if a side lacks the day. */
export const WRONG_COUNTS = `SELECT date, kept.available_count AS kept_available, counted.available_count AS counted_available,
    kept.probed_count AS kept_probed, counted.probed_count AS counted_probed
  FROM daily_symbol_counts AS kept FULL JOIN (${COUNTED}) AS counted USING (date)
  WHERE kept.available_count IS DISTINCT FROM counted.available_count
    OR kept.probed_count IS DISTINCT FROM counted.probed_count`;

/**
 * The number of days whose counts differ from their rows. DuckDB 1.5.5 can cause this: if a process is killed while it
 * writes a large transaction to its log, the replay restores the rows that are in the log without the changes after
 * them.
 */
export async function wrongCountDays(connection: DuckDBConnection): Promise<number> {
  return await numberOf(connection, `SELECT count(*) FROM (${WRONG_COUNTS})`);
}

/** Recounts all days. */
export async function recountDays(connection: DuckDBConnection): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.run("DELETE FROM daily_symbol_counts");
    await connection.run(`INSERT INTO daily_symbol_counts ${COUNTED}`);
    await forgetUnsettledDays(connection);
  });
}
