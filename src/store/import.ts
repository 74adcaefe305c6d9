import { existsSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { BfaError, UsageError } from "../errors.js";
import { dayAt, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { classifySymbol, isSymbol } from "../vision/symbol.js";
import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import { pathOf, type Store } from "./open.js";
import { beginRun, endRun, timestamp } from "./runs.js";
import { AVAILABILITY_COLUMNS } from "./schema/migrate.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";
import { inTransaction } from "./transaction.js";

/** What an import did with the rows of the other file. */
export interface ImportSummary {
  /** Rows of the other file; each is imported, known or refused. */
  rows: number;
  imported: number;
  /** Cells that the store had already: they stay as they are. */
  known: number;
  /**
   * Rows that aren't an answer of the bucket: another status than 200 or 404, a flag that disagrees with it, a file
   * without size or upload time, a name that is no symbol, or a day before the market began or not over yet. A backfill
   * probes what can be probed of them.
   */
  refused: number;
  /** Columns that aren't taken over. */
  ignoredColumns: string[];
}

/** The columns that are taken over; `url` is derived, whatever the other file has. */
const REQUIRED = ["date", "symbol", "available", "file_size_bytes", "last_modified", "status_code", "probe_timestamp"];

/** HTTP's form of a time, which a VARCHAR column may hold. */
const HTTP_DATE = "'%a, %d %b %Y %H:%M:%S GMT'";

/**
 * Takes over the rows of another DuckDB file that has a `daily_availability` (a Python system's, or another store's),
 * in one transaction with the counts of their days and the symbols that they name. The other file is only read.
 *
 * @param now when the import is made, ms since the Unix epoch
 * @throws UsageError when the other file can't be taken over; StoreError when this one can't be written.
 */
export async function importFile(store: Store, other: string, now: number): Promise<ImportSummary> {
  if (!existsSync(other)) throw new UsageError(`${other} doesn't exist`);
  if (pathOf(other) === pathOf(store.file)) throw new UsageError(`${other} is the database itself`);
  const { connection } = store;
  try {
    await connection.run(`ATTACH '${pathOf(other).replaceAll("'", "''")}' AS other (READ_ONLY)`);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    throw new UsageError(`${other} can't be imported: ${reason ?? ""}`, { cause: error });
  }
  try {
    const source = await findTable(connection, other);
    const days = { from: store.dataset.marketStart, to: dayAt(now) - 1 };
    await createCandidates(connection, source, other, days);
    const summary = await takeOver(store, now);
    return {
      ...summary,
      ignoredColumns: [...source.types.keys()].filter((name) => name !== "url" && !REQUIRED.includes(name)),
    };
  } catch (error) {
    throw error instanceof BfaError ? error : toStoreError(store.file, error);
  } finally {
    await connection.run("DROP TABLE IF EXISTS temp.candidates; DETACH other");
  }
}

/** A table with the rows to import. */
interface SourceTable {
  name: string;
  /** Types of its columns by name. */
  types: ReadonlyMap<string, string>;
}

/**
 * Finds the other file's rows: in its table `daily_availability`, or in the one that a store of ours shows under that
 * name. A view is not read, since it can hold any query, one that reads this machine's files among them.
 */
async function findTable(connection: DuckDBConnection, other: string): Promise<SourceTable> {
  const columns = await connection.runAndReadAll(
    `SELECT table_name, column_name, data_type
      FROM duckdb_columns() SEMI JOIN duckdb_tables() USING (database_name, schema_name, table_name)
      WHERE database_name = 'other' AND schema_name = 'main' AND table_name IN ('daily_availability', 'availability')
      ORDER BY table_name DESC, column_index`,
  );
  const found = columns.getRows().map((row) => row.map(String)) as [string, string, string][];
  const name = found[0]?.[0];
  if (name === undefined) throw new UsageError(`${other} has no table daily_availability (a view is not read)`);
  const types = new Map(found.filter(([table]) => table === name).map(([, column, type]) => [column, type]));
  const lacking = REQUIRED.filter((column) => !types.has(column));
  if (lacking.length > 0) throw new UsageError(`daily_availability of ${other} lacks ${lacking.join(", ")}`);
  return { name, types };
}

/** Copies the other rows into a TEMP table in this store's types, with a mark on those that are refused. */
async function createCandidates(
  connection: DuckDBConnection,
  { name, types }: SourceTable,
  other: string,
  days: Span,
): Promise<void> {
  try {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE candidates AS
        SELECT *, coalesce(NOT (symbol IS NOT NULL
          AND date BETWEEN ${dateLiteral(days.from)} AND ${dateLiteral(days.to)} AND available = (status_code = 200) AND status_code IN (200, 404)
          AND (NOT available OR (file_size_bytes IS NOT NULL AND last_modified IS NOT NULL))
          AND probe_timestamp IS NOT NULL), true) AS refused
        FROM (SELECT date::DATE AS date, symbol::VARCHAR AS symbol, available::BOOLEAN AS available,
          CASE WHEN available THEN file_size_bytes::BIGINT END AS file_size_bytes,
          CASE WHEN available THEN ${instant("last_modified", types)}::TIMESTAMP_S END AS last_modified,
          status_code::SMALLINT AS status_code, ${instant("probe_timestamp", types)}::TIMESTAMP_MS AS probe_timestamp
        FROM other.main.${name})`,
    );
  } catch (error) {
    throw new UsageError(
      `daily_availability of ${other} has values that can't be read: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  await refuseOtherNames(connection);
  const twice = await numbers(
    connection,
    "SELECT count(*) FROM (SELECT 1 FROM temp.candidates GROUP BY date, symbol HAVING count(*) > 1)",
  );
  if (twice[0] !== 0) throw new UsageError(`daily_availability of ${other} has ${twice[0] ?? 0} (date, symbol) twice`);
}

/** Which names are symbols is asked here, since DuckDB's regular expressions know another version of Unicode. */
async function refuseOtherNames(connection: DuckDBConnection): Promise<void> {
  const found = await connection.runAndReadAll("SELECT DISTINCT symbol FROM temp.candidates WHERE symbol IS NOT NULL");
  const names = found.getRows().map(([name]) => String(name));
  await connection.run(
    "UPDATE temp.candidates SET refused = true WHERE symbol NOT IN (SELECT unnest($symbols))",
    { symbols: listValue(names.filter(isSymbol)) },
    { symbols: LIST(VARCHAR) },
  );
}

/** SQL: a column of any of the types that systems keep times in, as a TIMESTAMP in UTC. */
function instant(column: string, types: ReadonlyMap<string, string>): string {
  const type = types.get(column) ?? "";
  if (type === "VARCHAR") return `coalesce(try_cast(${column} AS TIMESTAMP), try_strptime(${column}, ${HTTP_DATE}))`;
  if (type === "TIMESTAMP WITH TIME ZONE") return `make_timestamp(epoch_us(${column}))`;
  return `${column}::TIMESTAMP`;
}

async function takeOver(store: Store, now: number): Promise<Omit<ImportSummary, "ignoredColumns">> {
  const { connection } = store;
  const [rows = 0, refused = 0, symbols = 0, from = 0, to = 0] = await numbers(
    connection,
    `SELECT count(*), count(*) FILTER (refused), count(DISTINCT symbol),
      ${dayNumber("min(date) FILTER (NOT refused)")}, ${dayNumber("max(date) FILTER (NOT refused)")}
      FROM temp.candidates`,
  );
  return inTransaction(connection, async () => {
    const runId = await beginRun(store, { command: "import", from, to, symbols, startedAt: now });
    const [before = 0] = await numbers(connection, "SELECT count(*) FROM availability");
    await connection.run(
      `INSERT INTO availability SELECT ${AVAILABILITY_COLUMNS} FROM temp.candidates
        ANTI JOIN availability USING (date, symbol) WHERE NOT refused`,
    );
    const [after = 0] = await numbers(connection, "SELECT count(*) FROM availability");
    const imported = after - before;
    const [known = 0] = await numbers(
      connection,
      `SELECT count(*) - ${imported} FROM temp.candidates SEMI JOIN availability USING (date, symbol) WHERE NOT refused`,
    );
    if (imported + known + refused !== rows) {
      throw new Error(`of ${rows} rows ${imported} were imported, ${known} known and ${refused} refused`);
    }
    await refreshCounts(connection, from, to);
    await addSymbols(connection, now);
    const [available = 0] = await numbers(
      connection,
      "SELECT count(*) FROM temp.candidates WHERE available AND NOT refused",
    );
    await endRun(store, runId, {
      ...{ endedAt: Date.now(), probes: 0, available, missing: rows - refused - available, failed: 0 },
      ...{ replays: 0, retries: 0, connectionsOpened: 0, rowsWritten: imported, unitsWritten: 0, outcome: "whole" },
    });
    return { rows, imported, known, refused };
  });
}

async function refreshCounts(connection: DuckDBConnection, from: Day, to: Day): Promise<void> {
  await connection.run(
    `INSERT INTO daily_symbol_counts
      SELECT date, count(*) FILTER (available), count(*) FROM availability
      WHERE ${dayNumber("date")} BETWEEN ${from} AND ${to} GROUP BY date
      ON CONFLICT DO UPDATE SET available_count = excluded.available_count, probed_count = excluded.probed_count`,
  );
}

/** Adds symbols that only the imported rows name; when the bucket was last listed stays as it is. */
async function addSymbols(connection: DuckDBConnection, now: number): Promise<void> {
  const added = await connection.runAndReadAll(
    "SELECT DISTINCT symbol FROM temp.candidates ANTI JOIN symbols USING (symbol) WHERE NOT refused ORDER BY symbol",
  );
  const appender = await connection.createAppender("symbols");
  for (const [name] of added.getRows()) {
    const facts = classifySymbol(String(name));
    for (const text of [String(name), facts.class, facts.quote]) appender.appendVarchar(text);
    appender.appendTimestamp(timestamp(now));
    appender.appendTimestamp(timestamp(now));
    appender.endRow();
  }
  appender.closeSync();
}

async function numbers(connection: DuckDBConnection, sql: string): Promise<number[]> {
  const [row = []] = (await connection.runAndReadAll(sql)).getRows();
  return row.map(Number);
}
