import { statSync } from "node:fs";
import { compact, rowCountSql } from "./compact.js";
import { toStoreError } from "./duckdb-error.js";
import { numbersOf } from "./numbers.js";
import type { WritableStore } from "./database.js";
import { storeUnsettledDays } from "./unsettled-days.js";

/** Minimum number of rows written since the last compaction to justify another: 200 days of 327 symbols. */
const MIN_NEW_ROWS = 65_536;

/** Tolerated garbage, bytes. Daily updates leave 1.4 MiB, most of it in the first ten days. */
const MAX_GARBAGE_BYTES = 2 * 1_048_576;

/** Size of a row in a compacted file, bytes: measured 10.9. */
const ROW_BYTES = 11;

/**
 * Keeps the file small and its rows in order, and stores what every query would otherwise have to compute. Call it at
 * the end of a run, before the store is closed; nothing may be written after it. Usually it only checkpoints the file.
 * If there are many new rows since the last compaction, or much of the file is garbage, it rewrites the file, unless
 * the file is written in place.
 *
 * @returns what the user should know, as text
 * @throws StoreError when the file can't be written; what was committed is safe.
 */
export async function maintain(store: WritableStore): Promise<string | undefined> {
  const { connection, file, path } = store;
  try {
    await storeUnsettledDays(store);
    await connection.run("CHECKPOINT store");
    // The size of a compacted file is not known until it is closed, so the next run records it.
    await connection.run(
      "UPDATE store_info SET compacted_bytes = $bytes WHERE compacted_bytes IS NULL AND compacted_rows > 0",
      { bytes: statSync(path).size },
    );
    if (!store.isReplaceable || !(await isWorthCompacting(store))) return undefined;
    const reason = await compact(store);
    return reason === undefined ? undefined : `${file} was not compacted and will grow: ${reason}`;
  } catch (error) {
    throw toStoreError(file, error);
  }
}

async function isWorthCompacting({ connection, path }: WritableStore): Promise<boolean> {
  const [rows = 0, compactedRows = 0, compactedBytes = 0] = await numbersOf(
    connection,
    `SELECT ${rowCountSql("store")}, compacted_rows, coalesce(compacted_bytes, 0) FROM store_info`,
  );
  const newRows = rows - compactedRows;
  if (newRows >= Math.max(MIN_NEW_ROWS, rows / 8)) return true;
  return compactedBytes > 0 && statSync(path).size > compactedBytes + newRows * ROW_BYTES + MAX_GARBAGE_BYTES;
}
