import type { DuckDBConnection, DuckDBResultReader, Json } from "@duckdb/node-api";
import { UsageError } from "../errors.js";
import { StatementType } from "../store/duckdb.js";
import { openReader } from "../store/open.js";

/** The answer to a statement: columns in order, rows by column name, values as JSON. */
export interface SqlAnswer {
  columns: string[];
  rows: Record<string, Json>[];
}

/** No other file, no network, no extension, and no way for a statement to change that. */
const SANDBOX = { enable_external_access: "false", lock_configuration: "true" } as const;

/**
 * Kinds of statements that are run. Questions are SELECTs to DuckDB, also FROM, SHOW, DESCRIBE, SUMMARIZE and UNPIVOT; a
 * PIVOT makes a type of its own first, and on a file opened read-only nothing else than a temporary thing can be made.
 * The rest is refused because the sandbox leaves the paths of the database and of its log open: COPY could write there.
 */
const ALLOWED = [StatementType.SELECT, StatementType.CREATE];

/**
 * Runs SQL against a file, read-only and without access to anything else.
 *
 * @throws StoreError when the file can't be opened; UsageError with DuckDB's words when the statement is wrong.
 */
export async function sql(file: string, text: string): Promise<SqlAnswer> {
  const store = await openReader(file, SANDBOX);
  try {
    const result = await ask(store.connection, text);
    return { columns: result.deduplicatedColumnNames(), rows: result.getRowObjectsJson() };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message.trim() : String(error), { cause: error });
  } finally {
    await store.close();
  }
}

/** Runs the statements of a text one after the other; the last one's answer is the text's. */
async function ask(connection: DuckDBConnection, text: string): Promise<DuckDBResultReader> {
  const statements = await connection.extractStatements(text);
  let answer: DuckDBResultReader | undefined;
  for (let index = 0; index < statements.count; index++) {
    const statement = await statements.prepare(index);
    if (!ALLOWED.includes(statement.statementType))
      throw new UsageError("the file is opened read-only: only questions can be asked (SELECT …)");
    answer = await statement.runAndReadAll();
  }
  if (answer === undefined) throw new UsageError("no statement");
  return answer;
}
