/**
 * The table of probed cells, one row per (date, symbol). The single writer keeps the pair unique; an index would take
 * more space than the rows.
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
 * The view that users query, with times as TIMESTAMP whatever their stored type, and `url`, which is derived on reading
 * because its unique texts would make up most of the file. It is a view because DuckDB evaluates a generated column for
 * each appended row, virtual or not, which took longer than storing the row (450 ms of 750 for 732,480 rows).
 * `url_encode` keeps letters, digits, `-`, `.`, `_` and `~` and percent-encodes the UTF-8 of everything else, which for
 * symbols is the same as `keyPath`.
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
