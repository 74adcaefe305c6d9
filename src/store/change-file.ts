import type { WritableStore } from "./database.js";
import { maintain } from "./maintain.js";
import { RunFile } from "./run-file.js";
import { whenFree, type Waiting } from "./waiting.js";

/** What a change of a file gave. */
export interface Changed<Result> {
  result: Result;
  /** What the user should know of the file, in words. */
  notices: string[];
}

/**
 * Makes one change of a database, which is made when it isn't there, and publishes it when the change is whole. Nothing is
 * left of one that fails.
 *
 * @param file path of the database
 * @throws StoreError, InterruptedError; what `change` throws
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
    throw error;
  }
}
