import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";

/** The numbers in the first row that a statement gives; 0 for a NULL, none when there is no row. */
export async function numbersOf(
  connection: DuckDBConnection,
  sql: string,
  parameters?: Record<string, DuckDBValue>,
): Promise<number[]> {
  const [row = []] = (await connection.runAndReadAll(sql, parameters)).getRows();
  return row.map(Number);
}

/** The one number that a statement gives: for one that writes, that of its rows. 0 when it gives none. */
export async function numberOf(
  connection: DuckDBConnection,
  sql: string,
  parameters?: Record<string, DuckDBValue>,
): Promise<number> {
  return (await numbersOf(connection, sql, parameters))[0] ?? 0;
}
