import type { DuckDBConnection } from "@duckdb/node-api";
import { DATASET, ENDPOINTS } from "../../vision/dataset.js";
import { inTransaction } from "../transaction.js";

/** The stored columns of the availability table, in their order. */
export const AVAILABILITY_COLUMNS =
  "date, symbol, available, file_size_bytes, last_modified, status_code, probe_timestamp";

/**
 * The table of probed cells, one row per (date, symbol). No index keeps the pair unique (it would take more room than
 * the rows): the single writer does.
 */
const AVAILABILITY_TABLE = `CREATE TABLE availability (
  date DATE NOT NULL,
  symbol VARCHAR NOT NULL,
  available BOOLEAN NOT NULL,
  file_size_bytes BIGINT,
  last_modified TIMESTAMP_S,
  status_code SMALLINT NOT NULL,
  probe_timestamp TIMESTAMP_MS NOT NULL
)`;

/**
 * What users query: times as TIMESTAMP whatever they are stored as, and `url`, which is derived on reading, since its unique texts would be the
 * larger part of the file. A view, because DuckDB evaluates a generated column for each row that is appended, virtual
 * or not, which took longer than storing the row (450 ms of 750 for 732,480 rows). `url_encode` leaves letters, digits,
 * `-`, `.`, `_` and `~` and percent-encodes the UTF-8 of all else, as `keyPath` does for each name that is a symbol.
 */
const AVAILABILITY_VIEW = `CREATE VIEW daily_availability AS
  SELECT date, symbol, available, file_size_bytes, last_modified::TIMESTAMP AS last_modified,
    '${ENDPOINTS.download}/${DATASET.prefix}' || url_encode(symbol) || '/${DATASET.interval}/'
      || url_encode(symbol) || '-${DATASET.interval}-' || strftime(date, '%Y-%m-%d') || '.zip' AS url,
    status_code, probe_timestamp::TIMESTAMP AS probe_timestamp
  FROM availability`;

/**
 * What brings a file from version n to n + 1, at index n: SQL statements run in one transaction. A released entry is
 * never edited; a change to the schema is a new entry.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    AVAILABILITY_TABLE,
    AVAILABILITY_VIEW,
    `CREATE TABLE daily_symbol_counts (
      date DATE PRIMARY KEY,
      available_count INTEGER NOT NULL,
      probed_count INTEGER NOT NULL
    )`,
    `CREATE TABLE runs (
      run_id INTEGER NOT NULL,
      command VARCHAR NOT NULL,
      from_date DATE NOT NULL,
      to_date DATE NOT NULL,
      symbols INTEGER NOT NULL,
      started_at TIMESTAMP NOT NULL,
      ended_at TIMESTAMP,
      outcome VARCHAR,
      probes BIGINT,
      available BIGINT,
      missing BIGINT,
      failed BIGINT,
      replays BIGINT,
      retries BIGINT,
      connections_opened BIGINT,
      rows_written BIGINT,
      units_written BIGINT
    )`,
    `CREATE TABLE units (
      run_id INTEGER NOT NULL,
      source VARCHAR NOT NULL,
      unit VARCHAR NOT NULL,
      from_date DATE NOT NULL,
      to_date DATE NOT NULL,
      row_count INTEGER NOT NULL
    )`,
    `CREATE TABLE symbols (
      symbol VARCHAR NOT NULL,
      class VARCHAR NOT NULL,
      quote VARCHAR NOT NULL,
      first_seen TIMESTAMP NOT NULL,
      last_seen TIMESTAMP NOT NULL
    )`,
    `CREATE TABLE replacements (
      date DATE NOT NULL,
      symbol VARCHAR NOT NULL,
      old_size_bytes BIGINT NOT NULL,
      new_size_bytes BIGINT,
      old_last_modified TIMESTAMP NOT NULL,
      new_last_modified TIMESTAMP,
      seen_at TIMESTAMP NOT NULL,
      run_id INTEGER NOT NULL
    )`,
    `CREATE TABLE store_info (
      schema_version INTEGER NOT NULL,
      symbols_discovered_at TIMESTAMP,
      compacted_rows BIGINT NOT NULL,
      compacted_bytes BIGINT
    )`,
    `INSERT INTO store_info VALUES (0, NULL, 0, NULL)`,
  ],
];

/** Version that a file has once every migration ran. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** What a DuckDB file is to this project. */
export type FileKind = { kind: "empty" } | { kind: "foreign" } | { kind: "store"; version: number };

/**
 * Looks at the connection's current database: no table at all is `empty`, tables without a schema version of ours are
 * `foreign`.
 */
export async function fileKind(connection: DuckDBConnection): Promise<FileKind> {
  try {
    const info = await connection.runAndReadAll("SELECT schema_version FROM store_info");
    return { kind: "store", version: Number(info.getRows()[0]?.[0] ?? 0) };
  } catch (error) {
    if (!(error instanceof Error && /^(Catalog|Binder) Error/.test(error.message))) throw error;
    const tables = await connection.runAndReadAll("SHOW TABLES");
    return { kind: tables.currentRowCount === 0 ? "empty" : "foreign" };
  }
}

/** Runs the migrations after `version`, all in one transaction; on an error none of them happened. */
export async function migrate(connection: DuckDBConnection, version: number): Promise<void> {
  await inTransaction(connection, async () => {
    for (const statements of MIGRATIONS.slice(version)) {
      for (const statement of statements) await connection.run(statement);
    }
    await connection.run(`UPDATE store_info SET schema_version = ${SCHEMA_VERSION}`);
  });
}
