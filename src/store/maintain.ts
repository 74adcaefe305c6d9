import { toStoreError } from "./errors.js";
import type { Store } from "./open.js";

/**
 * Keeps the file small after a run, before the store is closed: writes what is in the `.wal` file into the database.
 *
 * @throws StoreError when the file can't be written; what was committed stays in the `.wal` file.
 */
export async function maintain(store: Store): Promise<void> {
  try {
    await store.connection.run("CHECKPOINT");
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}
