/**
 * Schema version 2: changes over time. Adds ETags of files, a journal of all changes of final answers instead of only
 * replaced files, the time when the bucket last lacked a symbol, and the servers that filled the file. Released, so
 * never edited.
 */
export const VERSION_2: readonly string[] = [
  "ALTER TABLE availability ADD COLUMN etag UBIGINT",
  `CREATE TABLE changes (
    date DATE NOT NULL,
    symbol VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    old_size_bytes BIGINT,
    new_size_bytes BIGINT,
    old_last_modified TIMESTAMP,
    new_last_modified TIMESTAMP,
    old_etag UBIGINT,
    new_etag UBIGINT,
    old_seen_at TIMESTAMP,
    seen_at TIMESTAMP NOT NULL,
    run_id INTEGER NOT NULL
  )`,
  `INSERT INTO changes
    SELECT date, symbol, CASE WHEN new_size_bytes IS NULL THEN 'removed' ELSE 'replaced' END, old_size_bytes,
      new_size_bytes, old_last_modified, new_last_modified, NULL, NULL, NULL, seen_at, run_id
    FROM replacements`,
  "DROP TABLE replacements",
  "ALTER TABLE symbols ADD COLUMN absent_at TIMESTAMP",
  "ALTER TABLE store_info ADD COLUMN endpoint VARCHAR",
  "ALTER TABLE store_info ADD COLUMN list_endpoint VARCHAR",
];
