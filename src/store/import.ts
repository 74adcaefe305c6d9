import { rmSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { UsageError } from "../errors.js";
import { dayAt } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";
import { plural } from "../text/numbers.js";
import { isSymbol } from "../vision/symbol.js";
import type { WritableStore } from "./database.js";
import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { addToCounts } from "./counts.js";
import { adoptEndpoints, knownEndpoints, otherBucket } from "./endpoints.js";
import { pathOf } from "./file.js";
import { copyForeignRows, type ForeignRows } from "./foreign.js";
import { textLiteral } from "./instance.js";
import { numberOf, numbersOf } from "./numbers.js";
import { beginRun, endRun } from "./runs.js";
import { columnsFoundBy } from "./schema/migrate.js";
import { appendSymbols } from "./symbols.js";
import { inTransaction } from "./transaction.js";

/** Why a row can't be an answer of the bucket. Only a row's first reason counts. */
export const REFUSALS = {
  impossible_day: "no day, a day before the market began, or one that hasn't ended",
  other_status: "a status other than 200 and 404",
  disagreeing_flag: "`available` contradicts the status",
  no_size: "a file without size or upload time",
  negative_size: "a file of less than 0 bytes",
  impossible_time: "no probe time, or a time that is infinite or before the market began",
  not_a_symbol: "a name that can't be a symbol",
} as const;

/** Why a row was refused. */
export type Refusal = keyof typeof REFUSALS;

/** Result of an import. */
export interface ImportSummary {
  /** Rows in the other file; each is imported, known or refused. */
  rows: number;
  imported: number;
  /** Rows whose cell the store already had: it is left unchanged. */
  known: number;
  /** Rows that can't be answers of the bucket. A backfill probes their cells where possible. */
  refused: number;
  /** The refused rows by reason. */
  refusedBy: Record<Refusal, number>;
  /** Columns that are not imported. */
  ignoredColumns: readonly string[];
}

/** Options of {@link importFile}. */
export interface ImportOptions {
  /**
   * Time of the import, which decides which days have ended, ms since the Unix epoch.
   *
   * @default now
   */
  now?: number;
  /** Aborting it stops reading the other file. Writing that has begun is finished. */
  signal?: AbortSignal | undefined;
  /**
   * Allow rows from other servers than those of this file.
   *
   * @default false
   */
  adoptEndpoint?: boolean | undefined;
}

/** HTTP's date format, which a VARCHAR column may contain. */
const HTTP_DATE = "'%a, %d %b %Y %H:%M:%S GMT'";

/**
 * Imports the rows of another DuckDB file with a `daily_availability` (that of a Python system, or of another store),
 * in one transaction with their daily counts and symbols. The other file is only read: see {@link copyForeignRows}.
 *
 * @throws UsageError when the other file can't be imported; InterruptedError when the signal was aborted before anything
 *   was written; DuckDB's error when this file can't be written
 */
export async function importFile(
  store: WritableStore,
  other: string,
  { now = Date.now(), signal, adoptEndpoint = false }: ImportOptions = {},
): Promise<ImportSummary> {
  if (pathOf(other) === pathOf(store.file)) throw new UsageError(`${other} is the database itself`);
  const { connection } = store;
  const foreign = await copyForeignRows(other, store.scratch, signal);
  try {
    await claimBucket(store, foreign, other, adoptEndpoint);
    await connection.run(`ATTACH ${textLiteral(foreign.path)} AS other (READ_ONLY)`);
    const days = { from: store.dataset.marketStart, to: dayAt(now) - 1 };
    await createCandidates(connection, foreign, other, days);
    return { ...(await takeOver(store, now)), ignoredColumns: foreign.ignoredColumns };
  } finally {
    await connection.run("DROP TABLE IF EXISTS temp.candidates; DETACH DATABASE IF EXISTS other");
    rmSync(foreign.path, { force: true });
  }
}

/**
 * Ensures that rows of two buckets never mix, unless the user allows it. A file without a bucket adopts that of the rows.
 */
async function claimBucket(
  store: WritableStore,
  { endpoints }: ForeignRows,
  other: string,
  adoptEndpoint: boolean,
): Promise<void> {
  if (endpoints === undefined) return;
  const own = await knownEndpoints(store);
  if (own === undefined) {
    await adoptEndpoints(store, endpoints);
    return;
  }
  const different = otherBucket(own, endpoints);
  if (different === undefined || adoptEndpoint) return;
  throw new UsageError(
    `${other} was filled from ${different.given}, but the database from ${different.known}: use another one, or adopt the other server`,
    { option: "adoptEndpoint" },
  );
}

/** Copies the other file's rows into a TEMP table with this store's types, and the reason for each refused row. */
async function createCandidates(
  connection: DuckDBConnection,
  { types }: ForeignRows,
  other: string,
  days: Span,
): Promise<void> {
  const start = dateLiteral(days.from);
  try {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE candidates AS
        SELECT date, symbol, available, CASE WHEN available THEN file_size_bytes END AS file_size_bytes,
          CASE WHEN available AND isfinite(last_modified) THEN last_modified::TIMESTAMP_S END AS last_modified,
          status_code, CASE WHEN isfinite(probe_timestamp) THEN probe_timestamp::TIMESTAMP_MS END AS probe_timestamp, etag,
          CASE
            WHEN NOT coalesce(date BETWEEN ${start} AND ${dateLiteral(days.to)}, false) THEN 'impossible_day'
            WHEN NOT coalesce(status_code IN (200, 404), false) THEN 'other_status'
            WHEN available IS DISTINCT FROM (status_code = 200) THEN 'disagreeing_flag'
            WHEN available AND (file_size_bytes IS NULL OR last_modified IS NULL) THEN 'no_size'
            WHEN available AND file_size_bytes < 0 THEN 'negative_size'
            WHEN probe_timestamp IS NULL OR NOT isfinite(probe_timestamp) OR probe_timestamp < ${start} THEN 'impossible_time'
            WHEN available AND (NOT isfinite(last_modified) OR last_modified < ${start}) THEN 'impossible_time'
            WHEN symbol IS NULL THEN 'not_a_symbol'
          END AS refusal
        FROM (SELECT date::DATE AS date, symbol::VARCHAR AS symbol, available::BOOLEAN AS available,
          file_size_bytes::BIGINT AS file_size_bytes, ${instant("last_modified", types)} AS last_modified,
          status_code::SMALLINT AS status_code, ${instant("probe_timestamp", types)} AS probe_timestamp,
          ${types.get("etag") === "UBIGINT" ? "etag" : "NULL::UBIGINT"} AS etag
        FROM other.main.rows)`,
    );
  } catch (error) {
    throw new UsageError(
      `daily_availability of ${other} has values that can't be read: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  await refuseOtherNames(connection);
  await refuseRepeatedCells(connection, "(FROM temp.candidates WHERE refusal IS NULL)", other);
}

/**
 * @param table table or subquery in which the rows of `daily_availability` of a file are
 * @throws UsageError when cells appear in it more than once
 */
export async function refuseRepeatedCells(connection: DuckDBConnection, table: string, file: string): Promise<void> {
  const repeated = await numberOf(
    connection,
    `SELECT count(*) FROM (SELECT 1 FROM ${table} GROUP BY date, symbol HAVING count(*) > 1)`,
  );
  if (repeated === 0) return;
  throw new UsageError(`daily_availability of ${file} has more than one row for ${plural(repeated, "cell")}`);
}

/** Checked in JavaScript: DuckDB's regular expressions use a different version of Unicode. */
async function refuseOtherNames(connection: DuckDBConnection): Promise<void> {
  const found = await connection.runAndReadAll("SELECT DISTINCT symbol FROM temp.candidates WHERE symbol IS NOT NULL");
  const names = found.getRows().map(([name]) => String(name));
  await connection.run(
    `UPDATE temp.candidates SET refusal = 'not_a_symbol'
      WHERE refusal IS NULL AND symbol NOT IN (SELECT unnest($symbols))`,
    { symbols: listValue(names.filter(isSymbol)) },
    { symbols: LIST(VARCHAR) },
  );
}

/** SQL: converts a column of times, of any type that systems use for them, to a TIMESTAMP in UTC. */
export function instant(column: string, types: ReadonlyMap<string, string>): string {
  const type = types.get(column) ?? "";
  if (type === "VARCHAR") return `coalesce(try_cast(${column} AS TIMESTAMP), try_strptime(${column}, ${HTTP_DATE}))`;
  if (type === "TIMESTAMP WITH TIME ZONE") return `make_timestamp(epoch_us(${column}))`;
  return `${column}::TIMESTAMP`;
}

/** The refused rows by reason. */
async function countRefusals(connection: DuckDBConnection): Promise<Record<Refusal, number>> {
  const found = await connection.runAndReadAll(
    "SELECT refusal, count(*) FROM temp.candidates WHERE refusal IS NOT NULL GROUP BY refusal",
  );
  const counts = new Map(found.getRows().map(([reason, count]) => [String(reason), Number(count)]));
  const reasons = Object.keys(REFUSALS) as Refusal[];
  return Object.fromEntries(reasons.map((reason) => [reason, counts.get(reason) ?? 0])) as Record<Refusal, number>;
}

async function takeOver(store: WritableStore, now: number): Promise<Omit<ImportSummary, "ignoredColumns">> {
  const { connection } = store;
  const [rows = 0, refused = 0, available = 0, symbolCount = 0, from = 0, to = 0] = await numbersOf(
    connection,
    `SELECT count(*), count(*) FILTER (refusal IS NOT NULL), count(*) FILTER (available AND refusal IS NULL), count(DISTINCT symbol),
      ${dayNumber("min(date) FILTER (refusal IS NULL)")}, ${dayNumber("max(date) FILTER (refusal IS NULL)")}
      FROM temp.candidates`,
  );
  const refusedBy = await countRefusals(connection);
  return inTransaction(connection, async () => {
    const runId = await beginRun(store, { command: "import", from, to, symbolCount, startedAt: now });
    const fresh = "FROM temp.candidates ANTI JOIN availability USING (date, symbol) WHERE refusal IS NULL";
    const known = await numberOf(
      connection,
      "SELECT count(*) FROM temp.candidates SEMI JOIN availability USING (date, symbol) WHERE refusal IS NULL",
    );
    await addToCounts(
      connection,
      `SELECT date, count(*) FILTER (available) AS available, count(*) AS probed ${fresh} GROUP BY date`,
    );
    const imported = await numberOf(connection, `INSERT INTO availability SELECT ${columnsFoundBy(runId)} ${fresh}`);
    if (imported + known + refused !== rows) {
      throw new Error(`of ${rows} rows ${imported} were imported, ${known} known and ${refused} refused`);
    }
    // Add symbols that only the imported rows name. The time of the last listing of the bucket doesn't change.
    const unknown = await connection.runAndReadAll(
      "SELECT DISTINCT symbol FROM temp.candidates ANTI JOIN symbols USING (symbol) WHERE refusal IS NULL ORDER BY symbol",
    );
    const names = unknown.getRows().map(([name]) => String(name));
    await appendSymbols(store, names, now);
    await endRun(store, runId, {
      ...{ endedAt: Date.now(), probes: 0, available, missing: rows - refused - available, failed: 0 },
      ...{ replays: 0, retries: 0, connectionsOpened: 0, rowsWritten: imported, unitsWritten: 0, outcome: "whole" },
    });
    return { rows, imported, known, refused, refusedBy };
  });
}
