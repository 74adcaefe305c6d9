import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";

/** The numbers in the first row of a statement's result; 0 for NULL, empty if there is no row. */
export async function numbersOf(
  connection: DuckDBConnection,
  sql: string,
  parameters?: Record<string, DuckDBValue>,
): Promise<number[]> {
  const [row = []] = (await connection.runAndReadAll(sql, parameters)).getRows();
  return row.map(Number);
}

/** The single number that a statement returns; for a writing statement, the number of rows. 0 if there is none. */
export async function numberOf(
  connection: DuckDBConnection,
  sql: string,
  parameters?: Record<string, DuckDBValue>,
): Promise<number> {
  return (await numbersOf(connection, sql, parameters))[0] ?? 0;
}
