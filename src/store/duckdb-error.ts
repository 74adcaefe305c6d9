import { StoreError } from "../errors.js";

/**
 * Says which of the store's troubles an error of DuckDB or the file system is, and the way out. A StoreError passes
 * unchanged; what isn't recognized becomes STORE_UNUSABLE with the original text.
 */
export function toStoreError(file: string, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const cause = { cause: thrown };
  if (text.includes("Could not set lock on file")) {
    const pid = /\(PID (\d+)\)/.exec(text)?.[1];
    const holder = pid === undefined ? "another process" : `process ${pid}`;
    return new StoreError("STORE_LOCKED", `${file} is in use by ${holder}: wait for it to end, or stop it`, cause);
  }
  if (/not a valid DuckDB database file|Could not read enough bytes|Is a directory|checksum|Corrupt/i.test(text)) {
    const message = `${file} is not a whole DuckDB file: move it away, or name another file with --db`;
    return new StoreError("STORE_NOT_DUCKDB", message, cause);
  }
  if (/newer version|storage version|version number/i.test(text)) {
    const message = `${file} was written by a newer DuckDB than this package has: update binance-futures-availability`;
    return new StoreError("STORE_NEWER_SCHEMA", message, cause);
  }
  if (/ENOSPC|No space left|File too large|EFBIG|quota/i.test(text)) {
    const message = `the disk of ${file} is full: make room and run again; what was written before is intact`;
    return new StoreError("STORE_UNUSABLE", message, cause);
  }
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only file system/i.test(text)) {
    const message = `${file} can't be written or read by this user: change its permissions, or name another with --db`;
    return new StoreError("STORE_UNUSABLE", message, cause);
  }
  return new StoreError("STORE_UNUSABLE", `${file} can't be used: ${firstLine(text)}`, cause);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
