import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { BfaError, InterruptedError, UsageError } from "../errors.js";
import { isFullDisk, toStoreError } from "./duckdb-error.js";
import { endpointsIn, type Endpoints } from "./endpoints.js";
import { logsOf, pathOf, refuseSpecialFiles } from "./file.js";
import { openInstance, textLiteral } from "./instance.js";
import { numberOf } from "./numbers.js";
import { withoutQuoted } from "./schema/own-names.js";

/** Limits for reading somebody else's file. */
const SETTINGS = { memory_limit: "1GB", max_temp_directory_size: "4GB" } as const;

/** Maximum time and number of rows. All contracts of a market on all its days have a thirtieth of these rows. */
const LIMITS = { ms: 300_000, rows: 50_000_000 } as const;

/** Time after which DuckDB is interrupted again, ms, because an interrupt between two statements is lost. */
const AGAIN_MS = 50;

/** The columns that are imported; `url` is derived, whatever the other file contains. */
const REQUIRED = ["date", "symbol", "available", "file_size_bytes", "last_modified", "status_code", "probe_timestamp"];

/** Accepted types of times, numbers and names. */
const PLAIN =
  /^(?:U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN|DATE|TIMESTAMP.*|VARCHAR|ENUM\(.*\))$/;

/** Imported texts are cut to this many characters, more than any name or time has; a hostile text may be endless. */
const MAX_TEXT = 100;

/** URLs of servers are cut to this many characters. */
const MAX_URL = 2000;

/** Further columns that are imported, derived, or meaningless here, such as the runs of another file. */
const TAKEN_OR_DERIVED = ["etag", "url", "first_run_id"];

/** The rows of somebody else's file, copied into a file of our own. */
export interface ForeignRows {
  /** A DuckDB file with a single table, `rows`. */
  readonly path: string;
  /** Types of its columns by name. */
  readonly types: ReadonlyMap<string, string>;
  /** Columns of the other table that are not imported. */
  readonly ignoredColumns: readonly string[];
  /** The servers that filled it; undefined if it doesn't say. */
  readonly endpoints: Endpoints | undefined;
}

/**
 * Copies the rows of another DuckDB file that has a `daily_availability` into a file of our own, column by column and
 * unchanged. The other file is opened in a separate instance that can access only that file and the copy, with limits on
 * memory, time and rows. Only a table of plain columns is read: views and computed columns are code.
 *
 * @param other path of the other file
 * @param scratch a private folder for the copy
 * @param limits maximum time in ms, and maximum number of rows
 * @default five minutes and 50 million
 * @throws UsageError when the file can't be imported; InterruptedError when the signal was aborted first.
 */
export async function copyForeignRows(
  other: string,
  scratch: string,
  signal: AbortSignal | undefined,
  limits: { ms: number; rows: number } = LIMITS,
): Promise<ForeignRows> {
  if (!existsSync(other)) throw new UsageError(`${other} doesn't exist`);
  try {
    refuseSpecialFiles(other);
    const instance = await openInstance({
      main: ":memory:",
      files: [pathOf(other), ...logsOf(other)],
      folders: [scratch],
      settings: { ...SETTINGS, temp_directory: join(scratch, "foreign-spill") },
    });
    try {
      return await withinTime(instance.connection, limits.ms, signal, () =>
        copyRows(instance.connection, other, join(scratch, "foreign.duckdb"), limits.rows),
      );
    } finally {
      instance.close();
    }
  } catch (error) {
    if (error instanceof UsageError || error instanceof InterruptedError) throw error;
    // The disk of the copy is full, not that of the other file.
    if (error instanceof Error && isFullDisk(error)) throw toStoreError(scratch, error);
    throw new UsageError(`${other} can't be read: ${reasonOf(error)}`, { cause: error });
  }
}

async function copyRows(
  connection: DuckDBConnection,
  other: string,
  path: string,
  maxRows: number,
): Promise<ForeignRows> {
  await connection.run(`ATTACH ${textLiteral(pathOf(other))} AS other (READ_ONLY)`);
  const { name, types } = await findTable(connection, other);
  const endpoints = await endpointsOf(connection);
  const rows = await numberOf(connection, `SELECT count(*) FROM other.main.${name}`);
  if (rows > maxRows) throw new UsageError(`${other} has ${rows} rows; at most ${maxRows} can be imported`);
  const taken = [...types]
    .filter(([column]) => REQUIRED.includes(column) || column === "etag")
    .map(([column, type]) => (type === "VARCHAR" ? `left(${column}, ${MAX_TEXT}) AS ${column}` : column));
  await connection.run(
    `ATTACH ${textLiteral(path)} AS ours; CREATE TABLE ours.rows AS SELECT ${taken.join(", ")} FROM other.main.${name};
      DETACH other; DETACH ours`,
  );
  const isIgnored = (column: string) => !REQUIRED.includes(column) && !TAKEN_OR_DERIVED.includes(column);
  return { path, types, ignoredColumns: [...types.keys()].filter(isIgnored), endpoints };
}

/** Runs statements, and interrupts them when the time is up or the signal is aborted. */
async function withinTime<Result>(
  connection: DuckDBConnection,
  ms: number,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const time = new AbortController();
  let timer: NodeJS.Timeout;
  const stop = () => {
    connection.interrupt();
    clearTimeout(timer);
    timer = setTimeout(stop, AGAIN_MS);
  };
  timer = setTimeout(() => {
    time.abort();
    stop();
  }, ms);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal?.aborted === true)
      throw new InterruptedError("interrupted before anything was imported", { cause: error });
    if (time.signal.aborted) throw new Error(`reading it took more than ${ms / 1000} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** Finds the other file's rows: in its table `daily_availability`, or in the one behind our view of that name. */
async function findTable(
  connection: DuckDBConnection,
  other: string,
): Promise<{ name: string; types: ReadonlyMap<string, string> }> {
  const tables = await connection.runAndReadAll(
    `SELECT table_name, sql FROM system.main.duckdb_tables() WHERE database_name = 'other' AND schema_name = 'main'
      AND table_name IN ('daily_availability', 'availability') ORDER BY table_name DESC`,
  );
  const [name, sql] = (tables.getRows()[0] ?? []).map(String);
  if (name === undefined || sql === undefined) {
    throw new UsageError(`${other} has no table daily_availability (views are not read)`);
  }
  if (/\bGENERATED\b/.test(withoutQuoted(sql))) {
    throw new UsageError(`daily_availability of ${other} has generated columns: copy it to a table of plain columns`);
  }
  const types = await columnsOf(connection, name);
  const strange = [...types].find(([column, type]) => REQUIRED.includes(column) && !PLAIN.test(type));
  if (strange !== undefined) {
    throw new UsageError(
      `daily_availability of ${other} has ${strange.join(" as ")}: copy it to a table of plain types`,
    );
  }
  const lacking = REQUIRED.filter((column) => !types.has(column));
  if (lacking.length > 0) throw new UsageError(`daily_availability of ${other} lacks ${lacking.join(", ")}`);
  return { name, types };
}

/** Types of the columns of one of the other file's tables, by name. */
async function columnsOf(connection: DuckDBConnection, table: string): Promise<ReadonlyMap<string, string>> {
  const columns = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM system.main.duckdb_columns()
      WHERE database_name = 'other' AND schema_name = 'main' AND table_name = $table ORDER BY column_index`,
    { table },
  );
  return new Map(columns.getRows().map(([column, type]) => [String(column), String(type)]));
}

/** The servers that a store of ours names. Anything but its plain table is ignored: it would be code. */
async function endpointsOf(connection: DuckDBConnection): Promise<Endpoints | undefined> {
  const tables = await connection.runAndReadAll(
    `SELECT sql FROM system.main.duckdb_tables()
      WHERE database_name = 'other' AND schema_name = 'main' AND table_name = 'store_info'`,
  );
  const sql = tables.getRows()[0]?.[0];
  const types = await columnsOf(connection, "store_info");
  const isPlain = typeof sql === "string" && !/\bGENERATED\b/.test(withoutQuoted(sql));
  if (!isPlain || types.get("endpoint") !== "VARCHAR" || types.get("list_endpoint") !== "VARCHAR") return undefined;
  const named = await endpointsIn(
    connection,
    `(SELECT left(endpoint, ${MAX_URL}) AS endpoint, left(list_endpoint, ${MAX_URL}) AS list_endpoint
        FROM other.main.store_info LIMIT 1)`,
  );
  if (named === undefined || !URL.canParse(named.endpoint)) return undefined;
  const { endpoint, listEndpoint } = named;
  const canList = listEndpoint !== undefined && URL.canParse(listEndpoint);
  return { endpoint, listEndpoint: canList ? listEndpoint : undefined };
}

/** DuckDB's error for a file, in one line. */
function reasonOf(error: unknown): string {
  if (error instanceof BfaError || !(error instanceof Error))
    return String(error instanceof Error ? error.message : error);
  if (/newer version|storage version|version number/i.test(error.message)) {
    return "it was written by a newer DuckDB; use that to copy it into a file attached with (STORAGE_VERSION 'v1.0.0')";
  }
  return error.message.split("\n", 1)[0] ?? "";
}
