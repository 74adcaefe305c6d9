/**
 * Schema version 3: trading volumes, the exchange's contracts, and when a file was first seen.
 *
 * `first_run_id` of a row with a file is the run that found the file where there had been none; null if that was before
 * this version. It makes it possible to list what is new since a run.
 *
 * `daily_volumes` has one row per bar, which is a symbol's day of 1d klines. `volume_spans` has the days that are
 * known: a day inside a span without a row has no bar. `volume_files` has the files that were read, so that a replaced
 * file is fetched again, and `volume_differences` the values in which a month's file and a day's file disagree.
 *
 * `contracts` has one row for each state of a symbol on the exchange, valid from the first capture with this state
 * until the first one without it; `contract_captures` has the captures, each with its source.
 *
 * `unsettled_days` has the days with rows that must be probed again, or that were probed before the day counts as
 * published. It is empty until the end of the first run. This version is released, so it must never be edited.
 */
export const VERSION_3: readonly string[] = [
  "ALTER TABLE availability ADD COLUMN first_run_id INTEGER",
  `CREATE TABLE daily_volumes (
    date DATE NOT NULL,
    symbol VARCHAR NOT NULL,
    open DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    low DOUBLE NOT NULL,
    close DOUBLE NOT NULL,
    volume DOUBLE NOT NULL,
    quote_volume DOUBLE NOT NULL,
    trade_count BIGINT NOT NULL,
    taker_buy_volume DOUBLE NOT NULL,
    taker_buy_quote_volume DOUBLE NOT NULL,
    source VARCHAR NOT NULL
  )`,
  `CREATE TABLE volume_files (
    symbol VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE NOT NULL,
    file_size_bytes BIGINT NOT NULL,
    last_modified TIMESTAMP NOT NULL,
    etag UBIGINT,
    verified BOOLEAN NOT NULL,
    row_count INTEGER NOT NULL,
    fetched_at TIMESTAMP NOT NULL
  )`,
  `CREATE TABLE volume_spans (
    symbol VARCHAR NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE NOT NULL,
    known_at TIMESTAMP NOT NULL
  )`,
  `CREATE TABLE volume_differences (
    date DATE NOT NULL,
    symbol VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    monthly_value DOUBLE NOT NULL,
    daily_value DOUBLE NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    run_id INTEGER NOT NULL
  )`,
  `CREATE TABLE contracts (
    symbol VARCHAR NOT NULL,
    valid_from TIMESTAMP NOT NULL,
    valid_to TIMESTAMP,
    status VARCHAR NOT NULL,
    contract_type VARCHAR NOT NULL,
    underlying_type VARCHAR NOT NULL,
    onboard_date TIMESTAMP NOT NULL,
    delivery_date TIMESTAMP
  )`,
  `CREATE TABLE contract_captures (
    captured_at TIMESTAMP NOT NULL,
    source VARCHAR NOT NULL,
    symbol_count INTEGER NOT NULL
  )`,
  `CREATE TABLE unsettled_days (
    date DATE NOT NULL,
    due_count INTEGER NOT NULL,
    early_count INTEGER NOT NULL
  )`,
];
