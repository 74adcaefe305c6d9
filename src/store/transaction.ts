import type { DuckDBConnection } from "@duckdb/node-api";

/** Runs statements as one transaction: committed when they return, rolled back when they throw. */
export async function inTransaction<Result>(
  connection: DuckDBConnection,
  work: () => Promise<Result>,
): Promise<Result> {
  await connection.run("BEGIN");
  try {
    const result = await work();
    await connection.run("COMMIT");
    return result;
  } catch (error) {
    // A COMMIT that failed has ended the transaction already; the first error is the one to report.
    await connection.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
