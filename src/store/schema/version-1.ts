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
    'https://data.binance.vision/data/futures/um/daily/klines/' || url_encode(symbol) || '/1m/'
      || url_encode(symbol) || '-1m-' || strftime(date, '%Y-%m-%d') || '.zip' AS url,
    status_code, probe_timestamp::TIMESTAMP AS probe_timestamp
  FROM availability`;

/** Schema version 1: the tables of a new file. Released, so never edited. */
export const VERSION_1: readonly string[] = [
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
];
