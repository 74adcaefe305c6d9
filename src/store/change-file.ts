import { BfaError } from "../errors.js";
import type { WritableStore } from "./database.js";
import { toStoreError } from "./duckdb-error.js";
import { maintain } from "./maintain.js";
import { RunFile } from "./run-file.js";
import { whenFree, type Waiting } from "./waiting.js";

/** The result of changing a file. */
export interface Changed<Result> {
  result: Result;
  /** What the user should know about the file, as text. */
  notices: string[];
}

/**
 * Makes one change to a database, which is created if necessary, and publishes it when the change is complete. A failed
 * change leaves no trace.
 *
 * @param file path of the database
 * @throws StoreError, InterruptedError; a BfaError that `change` throws
 */
export async function changeFile<Result>(
  file: string,
  waiting: Waiting,
  change: (store: WritableStore) => Promise<Result>,
): Promise<Changed<Result>> {
  const run = await whenFree(() => RunFile.open(file), waiting);
  try {
    const store = await run.forWriting();
    const result = await change(store);
    const notice = await maintain(store);
    await run.close();
    return { result, notices: notice === undefined ? run.notices : [...run.notices, notice] };
  } catch (error) {
    await run.discard().catch(() => undefined);
    throw error instanceof BfaError ? error : toStoreError(file, error);
  }
}
