import { existsSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { BfaError, UsageError } from "../errors.js";
import { dayAt } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { isSymbol } from "../vision/symbol.js";
import { LIST, listValue, VARCHAR } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import { addToCounts } from "./counts.js";
import { pathLiteral, pathOf } from "./file.js";
import { numberOf, numbersOf } from "./numbers.js";
import type { Store } from "./open.js";
import { beginRun, endRun } from "./runs.js";
import { AVAILABILITY_COLUMNS } from "./schema/migrate.js";
import { dateLiteral, dayNumber } from "../calendar/sql.js";
import { appendSymbols } from "./symbols.js";
import { inTransaction } from "./transaction.js";

/** What an import did with the rows of the other file. */
export interface ImportSummary {
  /** Rows of the other file; each is imported, known or refused. */
  rows: number;
  imported: number;
  /** Cells that the store had already: they stay as they are. */
  known: number;
  /**
   * Rows that are not an answer of the bucket: a status other than 200 or 404, a flag that disagrees with it, a file
   * without size or upload time, a name that is not a symbol, or a day that is before the market began or not over yet. A
   * backfill probes those that can be probed.
   */
  refused: number;
  /** Columns that are not taken over. */
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
    await connection.run(`ATTACH ${pathLiteral(other)} AS other (READ_ONLY)`);
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
  const duplicates = await numberOf(
    connection,
    "SELECT count(*) FROM (SELECT 1 FROM temp.candidates GROUP BY date, symbol HAVING count(*) > 1)",
  );
  if (duplicates > 0) throw new UsageError(`daily_availability of ${other} has ${duplicates} (date, symbol) twice`);
}

/** Checked in JavaScript: DuckDB's regular expressions use a different version of Unicode. */
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
  const [rows = 0, refused = 0, available = 0, symbolCount = 0, from = 0, to = 0] = await numbersOf(
    connection,
    `SELECT count(*), count(*) FILTER (refused), count(*) FILTER (available AND NOT refused), count(DISTINCT symbol),
      ${dayNumber("min(date) FILTER (NOT refused)")}, ${dayNumber("max(date) FILTER (NOT refused)")}
      FROM temp.candidates`,
  );
  return inTransaction(connection, async () => {
    const runId = await beginRun(store, { command: "import", from, to, symbolCount, startedAt: now });
    const fresh = "FROM temp.candidates ANTI JOIN availability USING (date, symbol) WHERE NOT refused";
    const known = await numberOf(
      connection,
      "SELECT count(*) FROM temp.candidates SEMI JOIN availability USING (date, symbol) WHERE NOT refused",
    );
    await addToCounts(
      connection,
      `SELECT date, count(*) FILTER (available) AS available, count(*) AS probed ${fresh} GROUP BY date`,
    );
    const imported = await numberOf(connection, `INSERT INTO availability SELECT ${AVAILABILITY_COLUMNS} ${fresh}`);
    if (imported + known + refused !== rows) {
      throw new Error(`of ${rows} rows ${imported} were imported, ${known} known and ${refused} refused`);
    }
    // Symbols that only the imported rows name. When the bucket was last listed stays as it is.
    const unknown = await connection.runAndReadAll(
      "SELECT DISTINCT symbol FROM temp.candidates ANTI JOIN symbols USING (symbol) WHERE NOT refused ORDER BY symbol",
    );
    const names = unknown.getRows().map(([name]) => String(name));
    await appendSymbols(store, names, now);
    await endRun(store, runId, {
      ...{ endedAt: Date.now(), probes: 0, available, missing: rows - refused - available, failed: 0 },
      ...{ replays: 0, retries: 0, connectionsOpened: 0, rowsWritten: imported, unitsWritten: 0, outcome: "whole" },
    });
    return { rows, imported, known, refused };
  });
}
