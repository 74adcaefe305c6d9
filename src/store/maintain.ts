import { statSync } from "node:fs";
import { compact } from "./compact.js";
import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";

/** Rows written since the last compaction that are too few to bother about: 200 days of 327 symbols. */
const FEW_ROWS = 65_536;

/** Garbage that is tolerated, bytes. Daily updates leave 1.4 MiB, most of it within the first ten days. */
const GARBAGE_BYTES = 2 * 1_048_576;

/** What a row takes in a compacted file, bytes: measured 8.4. */
const ROW_BYTES = 9;

/**
 * Keeps the file small and its rows in order: to be called at the end of a run, before the store is closed, after which
 * nothing must be written to it. Mostly that is a checkpoint; when much came since the last time, or much of the file
 * is garbage, the file is rewritten.
 *
 * @throws StoreError when the file can't be written; what was committed is safe.
 */
export async function maintain(store: Store): Promise<void> {
  const { connection, file } = store;
  try {
    // How large a compaction left the file can't stand in that file; the first run after it notes it down.
    await connection.run(
      "UPDATE store_info SET compacted_bytes = $bytes WHERE compacted_bytes IS NULL AND compacted_rows > 0",
      { bytes: statSync(file).size },
    );
    await connection.run("CHECKPOINT");
    if (await isWorthCompacting(store)) await compact(store);
  } catch (error) {
    throw toStoreError(file, error);
  }
}

async function isWorthCompacting({ connection, file }: Store): Promise<boolean> {
  const info = await connection.runAndReadAll(
    "SELECT (SELECT count(*) FROM availability), compacted_rows, coalesce(compacted_bytes, 0) FROM store_info",
  );
  const [rows = 0, compactedRows = 0, compactedBytes = 0] = info.getRows()[0]?.map(Number) ?? [];
  const newRows = rows - compactedRows;
  if (newRows >= Math.max(FEW_ROWS, rows / 8)) return true;
  return compactedBytes > 0 && statSync(file).size > compactedBytes + newRows * ROW_BYTES + GARBAGE_BYTES;
}
