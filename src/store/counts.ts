import type { DuckDBConnection } from "@duckdb/node-api";
import { numberOf } from "./numbers.js";
import { inTransaction } from "./transaction.js";

/**
 * Brings `daily_symbol_counts` up to date with a change of the rows, in the transaction that makes it. The change is
 * added to the counts: counting the days anew would read the whole table for a unit by symbol, and so cost more with
 * every commit of a backfill.
 *
 * @param change SQL of a query that gives (date, available, probed), which may have a date several times: how many more
 *   available rows and rows in all the date has; negative for fewer
 */
export async function addToCounts(connection: DuckDBConnection, change: string): Promise<void> {
  await connection.run(
    `INSERT INTO daily_symbol_counts
      SELECT date, sum(available), sum(probed) FROM (${change}) GROUP BY date
      ON CONFLICT DO UPDATE SET available_count = available_count + excluded.available_count,
        probed_count = probed_count + excluded.probed_count`,
  );
}

/** SQL: the counts as the rows have them. */
const COUNTED = `SELECT date, count(*) FILTER (available) AS available_count, count(*) AS probed_count
  FROM availability GROUP BY date`;

/**
 * Whether counts and rows disagree. DuckDB 1.5.5 can leave them so: when a process is killed while it writes a large
 * transaction to its log, replaying the part that was written brings back the rows without what followed them.
 */
export async function areCountsWrong(connection: DuckDBConnection): Promise<boolean> {
  const wrong = await numberOf(
    connection,
    `SELECT count(*) FROM (${COUNTED}) AS counted FULL JOIN daily_symbol_counts AS kept ON counted.date = kept.date
      WHERE counted.available_count IS DISTINCT FROM kept.available_count
        OR counted.probed_count IS DISTINCT FROM kept.probed_count`,
  );
  return wrong > 0;
}

/** Counts all days anew. */
export async function countAnew(connection: DuckDBConnection): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.run("DELETE FROM daily_symbol_counts");
    await connection.run(`INSERT INTO daily_symbol_counts ${COUNTED}`);
  });
}
