import type { DuckDBConnection, DuckDBResult, DuckDBType } from "@duckdb/node-api";
import { BfaError, UsageError } from "../errors.js";
import { StatementType } from "../store/duckdb.js";
import { openReader, type Store } from "../store/open.js";
import type { Answer, Column, Columns, JsonValue, RowOf } from "../text/columns.js";
import { answerValues, columnKind } from "./sql-values.js";

/**
 * The answer to a statement. Its columns are those of the statement; all of them may be null. Rows come as DuckDB finds
 * them, and keep the file open until the last one is read, the loop over them is left, or the answer is closed. DuckDB frees the
 * file's lock after an answer that wasn't read to its end only once its result is garbage.
 */
export interface SqlAnswer extends Answer {
  rows: AsyncGenerator<RowOf<Columns>[], void>;
  /** Lets go of the file. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * DuckDB's client ends a stream that fails on the way as it ends one that is whole, but for the result, which is then no
 * longer said to be streaming. The reason is lost.
 */
const STOPPED = "the statement failed on the way, after some of its rows: some value can't be computed";

/**
 * Runs one SELECT, or another question such as FROM, SHOW, DESCRIBE, SUMMARIZE, PIVOT, against a file: read-only, in UTC
 * and without access to anything else.
 *
 * | DuckDB                         | in the rows                                     |
 * | ------------------------------ | --------------------------------------------    |
 * | whole numbers                  | a number; a text beyond ±(2^53 - 1)             |
 * | DECIMAL, DOUBLE, FLOAT         | a number                                        |
 * | DATE                           | `YYYY-MM-DD`                                    |
 * | TIMESTAMP, TIMESTAMPTZ, …      | ISO 8601 in UTC, with ms or µs if there are any |
 * | BLOB                           | hexadecimal digits                              |
 * | LIST, ARRAY                    | a list                                          |
 * | STRUCT, JSON                   | what JSON has for it                            |
 * | MAP                            | a list of objects, each with `key` and `value`  |
 * | UNION                          | the value that it has                           |
 * | TIME, INTERVAL, UUID, BIT, …   | DuckDB's text                                   |
 *
 * @param text the statement, with or without a semicolon at its end
 * @throws StoreError when the file can't be opened; UsageError with DuckDB's words when the statement is wrong.
 * @example
 * ```ts
 * const { rows } = await sql("availability.duckdb", "SELECT symbol, count(*) AS days FROM daily_availability GROUP BY ALL");
 * for await (const some of rows) for (const row of some) console.log(row.symbol, row.days);
 * ```
 */
export async function sql(file: string, text: string): Promise<SqlAnswer> {
  // A statement may take long: all threads.
  const store = await openReader(file, { settings: {} });
  try {
    const result = await ask(store.connection, text);
    const names = result.deduplicatedColumnNames();
    if (names.includes("__proto__")) throw new UsageError("a column can't be named __proto__");
    return {
      facts: {},
      rowsName: "rows",
      columns: Object.fromEntries(names.map((name, at) => [name, columnOf(result.columnType(at))])),
      columnOrder: names,
      rows: readRows(store, result, names),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw toUsageError(error);
  }
}

function columnOf(type: DuckDBType): Column {
  return { kind: columnKind(type), nullable: true, about: type.toString() };
}

/**
 * Starts the one statement of a text. Questions are SELECTs to DuckDB, whatever word they begin with. It makes two
 * statements of a PIVOT: the first creates a type.
 *
 * Everything else is refused because the sandbox leaves the paths of the database and of its log open: COPY could write
 * there.
 */
async function ask(connection: DuckDBConnection, text: string): Promise<DuckDBResult> {
  const statements = await connection.extractStatements(text).catch((error: unknown) => {
    // All that it says of a text without any statement.
    if (error instanceof Error && error.message === "Error in native callback") throw new UsageError("no statement");
    throw error;
  });
  for (let index = 0; index < statements.count; index++) {
    const statement = await statements.prepare(index);
    const { statementType } = statement;
    const isLast = index === statements.count - 1;
    if (isLast && statementType === StatementType.SELECT) return await statement.stream();
    const belongsToPivot = statementType === StatementType.CREATE && !/^\s*CREATE\b/i.test(text);
    if (isLast || (statementType !== StatementType.SELECT && !belongsToPivot)) {
      throw new UsageError("the file is opened read-only: only questions can be asked (SELECT …)");
    }
    if (!belongsToPivot) throw new UsageError("one statement at a time");
    await statement.run();
  }
  throw new UsageError("no statement");
}

async function* readRows(
  store: Store,
  result: DuckDBResult,
  names: readonly string[],
): AsyncGenerator<RowOf<Columns>[], void> {
  const isJson = names.map((_, at) => result.columnType(at).alias === "JSON");
  try {
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) {
        if (!result.isStreaming) throw new UsageError(STOPPED);
        return;
      }
      const rows = Array.from({ length: chunk.rowCount }, (): RowOf<Columns> => ({}));
      names.forEach((name, at) => {
        const values = answerValues(chunk, at);
        rows.forEach((row, index) => {
          const value = values[index] ?? null;
          row[name] = isJson[at] === true && typeof value === "string" ? (JSON.parse(value) as JsonValue) : value;
        });
      });
      yield rows;
    }
  } catch (error) {
    throw toUsageError(error);
  } finally {
    await store.close();
  }
}

/** What DuckDB says of a statement. */
function toUsageError(error: unknown): Error {
  if (error instanceof BfaError) return error;
  if (error instanceof Error && error.message.startsWith("Out of Memory Error")) {
    return new UsageError("the statement takes more memory than a question may", { cause: error });
  }
  return new UsageError(error instanceof Error ? error.message.trim() : String(error), { cause: error });
}
