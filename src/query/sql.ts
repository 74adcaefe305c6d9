import type { Json } from "@duckdb/node-api";
import { UsageError } from "../errors.js";
import { openReader } from "../store/open.js";

/** The answer to a statement: columns in order, rows by column name, values as JSON. */
export interface SqlAnswer {
  columns: string[];
  rows: Record<string, Json>[];
}

/** No other file, no network, no extension, and no way for a statement to change that. */
const SANDBOX = { enable_external_access: "false", lock_configuration: "true" } as const;

/**
 * Runs SQL against a file, read-only and without access to anything else.
 *
 * @throws StoreError when the file can't be opened; UsageError with DuckDB's words when the statement is wrong.
 */
export async function sql(file: string, text: string): Promise<SqlAnswer> {
  const store = await openReader(file, SANDBOX);
  try {
    const result = await store.connection.runAndReadAll(text);
    return { columns: result.deduplicatedColumnNames(), rows: result.getRowObjectsJson() };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.trim() : String(error), { cause: error });
  } finally {
    await store.close();
  }
}
