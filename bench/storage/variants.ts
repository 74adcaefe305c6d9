import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { DuckDBInstance } from "../../src/store/duckdb.js";
import type { Store } from "../../src/store/open.js";

/** Columns of `daily_availability`, in their order. */
export const COLUMNS = "date, symbol, available, file_size_bytes, last_modified, url, status_code, probe_timestamp";

/** Another way to store the rows of `daily_availability`. */
export interface Variant {
  name: string;
  /** Compression of every column, if not chosen by DuckDB. */
  compression?: "uncompressed";
  /** The table's columns and constraints. */
  table: string;
  /** Columns with a separate index. */
  indexes?: readonly string[];
  /** Order of the rows; by default the order in which a daily job writes them. */
  order?: string;
}

const PLAIN = `date DATE NOT NULL, symbol VARCHAR NOT NULL, available BOOLEAN NOT NULL, file_size_bytes BIGINT,
  last_modified TIMESTAMP, url VARCHAR NOT NULL, status_code INTEGER NOT NULL, probe_timestamp TIMESTAMP NOT NULL`;

/** The seed's table before its change: no compression, a key and two indexes. */
export const SEED_BEFORE: Variant = {
  name: "seed before: uncompressed, key, two indexes",
  compression: "uncompressed",
  table: `${PLAIN}, PRIMARY KEY (date, symbol)`,
  indexes: ["symbol", "available"],
};

/** The rows of the seed's table without its key and indexes, which a GROUP BY doesn't use. */
export const SEED_ROWS: Variant = {
  name: "seed: its rows, uncompressed, no key",
  compression: "uncompressed",
  table: PLAIN,
};

/** The table that the seed decided on, to the letter. */
export const SEED_AFTER: Variant = {
  name: "seed after: its DDL",
  table: `date DATE NOT NULL, symbol VARCHAR NOT NULL USING COMPRESSION dictionary, available BOOLEAN NOT NULL,
    file_size_bytes BIGINT USING COMPRESSION bitpacking, last_modified VARCHAR USING COMPRESSION dictionary,
    url VARCHAR NOT NULL USING COMPRESSION dictionary, status_code INTEGER NOT NULL USING COMPRESSION bitpacking,
    probe_timestamp TIMESTAMP NOT NULL, PRIMARY KEY (date, symbol)`,
};

/** Steps between the seed's table and ours. */
export const STEPS: readonly Variant[] = [
  { name: "DuckDB's own compression, key", table: `${PLAIN}, PRIMARY KEY (date, symbol)` },
  { name: "DuckDB's own compression, no key", table: PLAIN },
  { name: "no key, rows by symbol", table: PLAIN, order: "symbol, date" },
];

/**
 * Writes the rows of one of our files into a new file, stored in another way.
 *
 * @throws Error when DuckDB refuses
 */
export async function buildVariant(file: string, variant: Variant, ours: string): Promise<void> {
  const { name, compression, table, indexes = [], order = "date, symbol" } = variant;
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${ours}' AS source (READ_ONLY); ATTACH '${file}' AS variant; USE variant`);
    if (compression !== undefined) await connection.run(`SET force_compression = '${compression}'`);
    await connection.run(`CREATE TABLE daily_availability (${table})`);
    for (const column of indexes)
      await connection.run(`CREATE INDEX ${column}_index ON daily_availability (${column})`);
    await connection.run(
      `INSERT INTO daily_availability SELECT ${COLUMNS} FROM source.daily_availability ORDER BY ${order}`,
    );
    await connection.run("CHECKPOINT; USE memory; DETACH variant; DETACH source");
  } catch (error) {
    throw new Error(`variant "${name}" can't be built`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Opens a file made by {@link buildVariant} for queries, as the product opens its own files. */
export async function openVariant(file: string): Promise<Store> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY", threads: "1" });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
    return Promise.resolve();
  };
  return { file, access: "read", dataset: DEFAULT_DATASET, connection, close };
}
