import type { DuckDBConnection } from "@duckdb/node-api";

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
