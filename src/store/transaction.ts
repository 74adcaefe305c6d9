import type { DuckDBConnection } from "@duckdb/node-api";

/** Runs `work` as one transaction: committed when it returns, rolled back when it throws. */
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
    // A failed COMMIT has already ended the transaction; report the first error.
    await connection.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
