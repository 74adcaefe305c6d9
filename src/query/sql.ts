import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBType } from "@duckdb/node-api";
import { BfaError, UsageError } from "../errors.js";
import { DuckDBTypeId, StatementType } from "../store/duckdb.js";
import { openReader, type Store } from "../store/open.js";
import type { Answer, Column, Columns, JsonValue, RowOf } from "../text/columns.js";
import { copyStatement } from "./sql-copy.js";
import { answerValues, columnKind } from "./sql-values.js";

/**
 * The answer to a statement, with the columns of the statement, all of them nullable. Rows are streamed, and keep the
 * file open until the last one is read, the loop over them is left, or the answer is closed. If an answer isn't read to
 * its end, DuckDB releases the file's lock only when its result is garbage-collected.
 */
export interface SqlAnswer extends Answer {
  rows: AsyncGenerator<RowOf<Columns>[], void>;
  /** Closes the file. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * DuckDB's client ends a stream that fails midway like a complete one, except that the result is no longer marked as
 * streaming. The reason is lost.
 */
const STOPPED = "the statement failed after some of its rows: a value can't be computed";

const ONLY_QUERIES = "the file is read-only: only queries (SELECT …) are allowed";

/**
 * Runs one SELECT, or another query such as FROM, SHOW, DESCRIBE, SUMMARIZE, PIVOT, on a file: read-only, in UTC and
 * without access to anything else.
 *
 * | DuckDB                         | in the rows                                     |
 * | ------------------------------ | --------------------------------------------    |
 * | whole numbers                  | a number; text beyond ±(2^53 - 1)               |
 * | DECIMAL, DOUBLE, FLOAT         | a number                                        |
 * | DATE                           | `YYYY-MM-DD`                                    |
 * | TIMESTAMP, TIMESTAMPTZ, …      | ISO 8601 in UTC, with ms or µs if not zero      |
 * | BLOB                           | hexadecimal digits                              |
 * | LIST, ARRAY                    | a list                                          |
 * | STRUCT, JSON                   | the JSON value                                  |
 * | MAP                            | a list of objects, each with `key` and `value`  |
 * | UNION                          | its value                                       |
 * | TIME, INTERVAL, UUID, BIT, …   | DuckDB's text                                   |
 *
 * @param text the statement, with or without a semicolon at its end
 * @throws StoreError when the file can't be opened; UsageError with DuckDB's message when the statement is wrong.
 * @example
 * ```ts
 * const { rows } = await sql("availability.duckdb", "SELECT symbol, count(*) AS days FROM availability GROUP BY ALL");
 * for await (const some of rows) for (const row of some) console.log(row.symbol, row.days);
 * ```
 */
export async function sql(file: string, text: string): Promise<SqlAnswer> {
  // A statement may take long, so use all threads.
  const store = await openReader(file, { settings: {} });
  try {
    const result = await ask(store.connection, text);
    const names = distinctNames(result.columnNames());
    if (names.includes("__proto__")) throw new UsageError("a column can't be named __proto__");
    return {
      facts: {},
      rowsName: "rows",
      columns: Object.fromEntries(names.map((name, at) => [name, columnOf(result.columnType(at))])),
      columnOrder: names,
      rows: readRows(store, result, names),
      copy: (...how) => copyStatement({ file, text, types: result.columnTypes() }, ...how),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw toUsageError(error);
  }
}

/** The names of columns; one that an earlier column has gets a number that makes it unlike all others: `a:1`. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  return names.map((name, at) => {
    if (names.indexOf(name) === at) return name;
    let count = 1;
    while (taken.has(`${name}:${count}`)) count++;
    taken.add(`${name}:${count}`);
    return `${name}:${count}`;
  });
}

function columnOf(type: DuckDBType): Column {
  const isUnsigned = type.typeId === DuckDBTypeId.UBIGINT;
  return { kind: columnKind(type), nullable: true, about: type.toString(), ...(isUnsigned ? { isUnsigned } : {}) };
}

/**
 * Starts the single statement of a text. To DuckDB all queries are SELECTs, regardless of the word they begin with. It
 * splits a PIVOT into two statements, the first of which creates a type.
 *
 * Everything else is refused, because the sandbox allows the paths of the database and its log, where COPY could write.
 */
async function ask(connection: DuckDBConnection, text: string): Promise<DuckDBResult> {
  const statements = await connection.extractStatements(text).catch((error: unknown) => {
    // DuckDB's only message for a text without a statement.
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
      throw new UsageError(ONLY_QUERIES);
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
  let fetching = fetchAhead(result);
  try {
    for (;;) {
      const chunk = await fetching;
      if (chunk === null || chunk.rowCount === 0) {
        if (!result.isStreaming) throw new UsageError(STOPPED);
        return;
      }
      // DuckDB computes the next rows while these are read.
      fetching = fetchAhead(result);
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
    await fetching.catch(() => undefined);
    await store.close();
  }
}

/** Starts to fetch a chunk; whoever awaits it gets its error, however late. */
function fetchAhead(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const fetching = result.fetchChunk();
  fetching.catch(() => undefined);
  return fetching;
}

/** Converts DuckDB's error for a statement. */
function toUsageError(error: unknown): Error {
  if (error instanceof BfaError) return error;
  if (error instanceof Error && error.message.startsWith("Out of Memory Error")) {
    return new UsageError("the statement needs more memory than a query may use", { cause: error });
  }
  // DuckDB's own names come first in the search path, so a CREATE fails before its kind of statement is known.
  if (error instanceof Error && error.message === "Binder Error: Cannot create entry in system catalog") {
    return new UsageError(ONLY_QUERIES, { cause: error });
  }
  return new UsageError(error instanceof Error ? error.message.trim() : String(error), { cause: error });
}
