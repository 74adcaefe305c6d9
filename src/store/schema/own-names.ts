import type { DuckDBConnection } from "@duckdb/node-api";
import { identifier } from "../instance.js";

/** The columns of each table of the newest schema, in DuckDB's spelling. */
export const TABLES = new Map([
  [
    "availability",
    "date DATE NOT NULL, symbol VARCHAR NOT NULL, available BOOLEAN NOT NULL, file_size_bytes BIGINT, last_modified TIMESTAMP_S, status_code SMALLINT NOT NULL, probe_timestamp TIMESTAMP_MS NOT NULL, etag UBIGINT, first_run_id INTEGER",
  ],
  ["daily_symbol_counts", "date DATE PRIMARY KEY, available_count INTEGER NOT NULL, probed_count INTEGER NOT NULL"],
  [
    "runs",
    "run_id INTEGER NOT NULL, command VARCHAR NOT NULL, from_date DATE NOT NULL, to_date DATE NOT NULL, symbols INTEGER NOT NULL, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP, outcome VARCHAR, probes BIGINT, available BIGINT, missing BIGINT, failed BIGINT, replays BIGINT, retries BIGINT, connections_opened BIGINT, rows_written BIGINT, units_written BIGINT",
  ],
  [
    "units",
    'run_id INTEGER NOT NULL, "source" VARCHAR NOT NULL, unit VARCHAR NOT NULL, from_date DATE NOT NULL, to_date DATE NOT NULL, row_count INTEGER NOT NULL',
  ],
  [
    "symbols",
    'symbol VARCHAR NOT NULL, "class" VARCHAR NOT NULL, "quote" VARCHAR NOT NULL, first_seen TIMESTAMP NOT NULL, last_seen TIMESTAMP NOT NULL, absent_at TIMESTAMP',
  ],
  [
    "changes",
    "date DATE NOT NULL, symbol VARCHAR NOT NULL, kind VARCHAR NOT NULL, old_size_bytes BIGINT, new_size_bytes BIGINT, old_last_modified TIMESTAMP, new_last_modified TIMESTAMP, old_etag UBIGINT, new_etag UBIGINT, old_seen_at TIMESTAMP, seen_at TIMESTAMP NOT NULL, run_id INTEGER NOT NULL",
  ],
  [
    "store_info",
    "schema_version INTEGER NOT NULL, symbols_discovered_at TIMESTAMP, compacted_rows BIGINT NOT NULL, compacted_bytes BIGINT, endpoint VARCHAR, list_endpoint VARCHAR",
  ],
  [
    "daily_volumes",
    'date DATE NOT NULL, symbol VARCHAR NOT NULL, open DOUBLE NOT NULL, high DOUBLE NOT NULL, low DOUBLE NOT NULL, "close" DOUBLE NOT NULL, volume DOUBLE NOT NULL, quote_volume DOUBLE NOT NULL, trade_count BIGINT NOT NULL, taker_buy_volume DOUBLE NOT NULL, taker_buy_quote_volume DOUBLE NOT NULL, "source" VARCHAR NOT NULL',
  ],
  [
    "volume_files",
    'symbol VARCHAR NOT NULL, "source" VARCHAR NOT NULL, from_date DATE NOT NULL, to_date DATE NOT NULL, file_size_bytes BIGINT NOT NULL, last_modified TIMESTAMP NOT NULL, etag UBIGINT, verified BOOLEAN NOT NULL, row_count INTEGER NOT NULL, fetched_at TIMESTAMP NOT NULL',
  ],
  [
    "volume_spans",
    "symbol VARCHAR NOT NULL, from_date DATE NOT NULL, to_date DATE NOT NULL, known_at TIMESTAMP NOT NULL",
  ],
  [
    "volume_differences",
    "date DATE NOT NULL, symbol VARCHAR NOT NULL, column_name VARCHAR NOT NULL, monthly_value DOUBLE NOT NULL, daily_value DOUBLE NOT NULL, seen_at TIMESTAMP NOT NULL, run_id INTEGER NOT NULL",
  ],
  [
    "contracts",
    "symbol VARCHAR NOT NULL, valid_from TIMESTAMP NOT NULL, valid_to TIMESTAMP, status VARCHAR NOT NULL, contract_type VARCHAR NOT NULL, underlying_type VARCHAR NOT NULL, onboard_date TIMESTAMP NOT NULL, delivery_date TIMESTAMP",
  ],
  ["contract_captures", 'captured_at TIMESTAMP NOT NULL, "source" VARCHAR NOT NULL, symbol_count INTEGER NOT NULL'],
  ["unsettled_days", "date DATE NOT NULL, due_count INTEGER NOT NULL, early_count INTEGER NOT NULL"],
] as const);

/** Name of a table of the newest schema. */
export type TableName = typeof TABLES extends Map<infer Name, string> ? Name : never;

/** Tables that this project creates, of all schema versions. */
export const OWN_TABLES: readonly string[] = [...TABLES.keys(), "replacements"];

/** The only view that it creates, and its definition in DuckDB's spelling. */
const OWN_VIEW = "daily_availability";
export const OWN_VIEW_SQL =
  "CREATE VIEW daily_availability AS SELECT date, symbol, available, file_size_bytes, CAST(last_modified AS TIMESTAMP) AS last_modified, (((((('https://data.binance.vision/data/futures/um/daily/klines/' || url_encode(symbol)) || '/1m/') || url_encode(symbol)) || '-1m-') || strftime(date, '%Y-%m-%d')) || '.zip') AS url, status_code, CAST(probe_timestamp AS TIMESTAMP) AS probe_timestamp FROM availability;";

/** DuckDB's functions that the view calls: inside a view, macros of the file take precedence. */
const OWN_VIEW_FUNCTIONS = ["||", "strftime", "url_encode"];

/** Words for SQL in a table that runs when the table is read or written. */
const CODE = /\b(GENERATED|DEFAULT|CHECK|COLLATE)\b/;

/** SQL with its texts and quoted names emptied, so that only keywords and plain names are left. */
export function withoutQuoted(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "''");
}

/** A table or a view of a database, with its definition in DuckDB's spelling. */
export interface Named {
  readonly name: string;
  readonly kind: "table" | "view";
  readonly sql: string;
}

/**
 * The tables and views in the main schema of an attached database. DuckDB's own functions are called with their schema,
 * because a macro in the file could replace them.
 *
 * @param database name under which the file is attached
 */
export async function namesOf(connection: DuckDBConnection, database: string): Promise<Named[]> {
  const found = await connection.runAndReadAll(
    `SELECT table_name, 'table', sql FROM system.main.duckdb_tables() WHERE database_name = $database AND schema_name = 'main'
      UNION ALL SELECT view_name, 'view', sql FROM system.main.duckdb_views()
        WHERE database_name = $database AND schema_name = 'main' AND NOT internal`,
    { database },
  );
  return found
    .getRows()
    .map(([name, kind, sql]) => ({ name: String(name), kind: kind === "view" ? "view" : "table", sql: String(sql) }));
}

/**
 * The first of this project's names whose object the project didn't create: a view instead of a table, a table with
 * generated columns, defaults or checks, or a different view. Undefined if there is none.
 */
export function strangeName(names: readonly Named[]): string | undefined {
  const isStrange = ({ name, kind, sql }: Named) => {
    // DuckDB's names are case-insensitive.
    if (OWN_TABLES.includes(name.toLowerCase())) return kind === "view" || CODE.test(withoutQuoted(sql));
    return name.toLowerCase() === OWN_VIEW && sql !== OWN_VIEW_SQL;
  };
  return names.find(isStrange)?.name;
}

/** The first table of the newest schema that is missing or has different columns. */
export function otherTable(names: readonly Named[]): string | undefined {
  const texts = new Map(names.map(({ name, sql }) => [name, sql]));
  const differs = ([name, columns]: [string, string]) => texts.get(name) !== `CREATE TABLE ${name}(${columns});`;
  return [...TABLES].find(differs)?.[0] ?? (texts.has(OWN_VIEW) ? undefined : OWN_VIEW);
}

/** The first function called by the view that a macro in the file replaces. */
export async function shadowedFunction(connection: DuckDBConnection, database: string): Promise<string | undefined> {
  for (const name of OWN_VIEW_FUNCTIONS) {
    if (await hasMacro(connection, `${identifier(database)}.main.${identifier(name)}`)) return name;
  }
  return undefined;
}

/**
 * Whether a macro exists. Checked by preparing to drop it, which only looks up the name and never runs: DuckDB's list
 * of functions takes 20 ms, as long as a query.
 */
async function hasMacro(connection: DuckDBConnection, macro: string): Promise<boolean> {
  try {
    (await connection.prepare(`DROP MACRO ${macro}`)).destroySync();
    return true;
  } catch (error) {
    if (error instanceof Error && /^Catalog Error: Macro Function with name .* does not exist/.test(error.message))
      return false;
    throw error;
  }
}
