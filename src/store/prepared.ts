import type { DuckDBConnection, DuckDBDataChunk, DuckDBPreparedStatement, DuckDBValue } from "@duckdb/node-api";
import { LIST, listValue, VARCHAR } from "./duckdb.js";
import type { DuckDBDateValue } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";

/** Prepared statements of a connection that are not in use, by their SQL. */
const idle = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>();

/** Values of a statement's parameters, by name. A list of texts is a `VARCHAR[]`. */
export type Parameters = Readonly<Record<string, string | number | boolean | DuckDBDateValue | readonly string[]>>;

/**
 * Runs a statement with constant text. It is prepared once and kept as long as the connection lives, because planning
 * takes longer than most queries. Returns DuckDB's chunks.
 *
 * DuckDB 1.5.5 plans a prepared statement with parameters again on every run, which takes 0.3 of the 1.0 ms of reading a
 * day's rows. Giving the day by a join or a subquery instead of a filter takes twice as long, because then no row group
 * is skipped; without most optimizers it takes a twentieth less.
 *
 * @throws StoreError when the file can't be read.
 */
export async function selectChunks(store: Store, sql: string, parameters: Parameters = {}): Promise<DuckDBDataChunk[]> {
  const { connection } = store;
  const statements = idle.get(connection) ?? new Map<string, DuckDBPreparedStatement>();
  idle.set(connection, statements);
  const kept = statements.get(sql);
  // Remove it while it runs, so that a concurrent call can't bind its own values to it.
  statements.delete(sql);
  try {
    const statement = kept ?? (await connection.prepare(sql));
    bind(statement, parameters);
    const result = await statement.run();
    // All chunks are in memory already; `fetchAllChunks` would wait for another thread once per chunk.
    const chunks = Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index));
    // A plan depends on the table's content: one made while the table was empty finds nothing later on.
    if (store.access === "read") statements.set(sql, statement);
    return chunks;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/**
 * Like {@link selectChunks}, but returns the rows as arrays in the order of the columns.
 *
 * @throws StoreError when the file can't be read.
 */
export async function select(store: Store, sql: string, parameters: Parameters = {}): Promise<DuckDBValue[][]> {
  return rowsOf(await selectChunks(store, sql, parameters));
}

function bind(statement: DuckDBPreparedStatement, parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (isList(value)) statement.bind({ [name]: listValue([...value]) }, { [name]: LIST(VARCHAR) });
    else statement.bind({ [name]: value });
  }
}

function isList(value: Parameters[string]): value is readonly string[] {
  return Array.isArray(value);
}

/** The rows of chunks. Going through columns takes a fifth of the time of `getRows`. */
function rowsOf(chunks: readonly DuckDBDataChunk[]): DuckDBValue[][] {
  const rows: DuckDBValue[][] = [];
  for (const chunk of chunks) {
    const columns = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row++) {
      const values: DuckDBValue[] = [];
      for (const column of columns) values.push(column[row] ?? null);
      rows.push(values);
    }
  }
  return rows;
}
