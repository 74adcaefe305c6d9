import { existsSync, lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { StoreError } from "../errors.js";

/**
 * Absolute path of a file, with links resolved. To DuckDB other names can be more than paths: `:memory:` is not a file,
 * `~/` is the home folder, `sqlite:` an extension; and its sandbox allows the log only under the path without links.
 */
export function pathOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : resolve(file);
}

/**
 * Ensures that a database is a regular file, because a pipe would block, and that its log, if any, is not a link:
 * DuckDB would follow it and write or delete something elsewhere.
 *
 * @throws StoreError
 */
export function refuseSpecialFiles(file: string): void {
  if (existsSync(file) && !statSync(file).isFile()) {
    throw new StoreError("STORE_NOT_DUCKDB", `${file} is not a regular file: name another file`);
  }
  for (const log of logsOf(file)) {
    const found = lstatSync(log, { throwIfNoEntry: false });
    if (found === undefined || (found.isFile() && found.nlink === 1)) continue;
    throw new StoreError(
      "STORE_UNUSABLE",
      `${log} is a link or not a regular file, and DuckDB would write through it: find out who made it, and remove it`,
    );
  }
}

/**
 * DuckDB's logs of data that is committed but not yet in the file: the usual one, and those of an unfinished
 * checkpoint.
 */
export function logsOf(file: string): string[] {
  return ["wal", "wal.checkpoint", "wal.recovery"].map((ending) => `${pathOf(file)}.${ending}`);
}

/** Flushes a file or a folder to disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder and its parents. Node's own function never returns where none can be created, as in /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have created it in the meantime.
    if (!existsSync(folder)) throw error;
  }
}
