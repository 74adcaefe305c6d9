import { existsSync, lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../errors.js";
import { textLiteral } from "./instance.js";
import { LAYOUT } from "./layout.js";

/**
 * Absolute path of a file, links followed. DuckDB takes other names for more than a path: `:memory:` is not a file to
 * it, `~/` is the home folder, `sqlite:` an extension; and its sandbox knows the log only by the path without links.
 */
export function pathOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : resolve(file);
}

/**
 * Attaches a file for writing, creating it when it does not exist. ATTACH is the one place where DuckDB takes the sizes
 * of row groups and blocks. The storage version is DuckDB's default, the oldest it can write.
 */
export async function attach(connection: DuckDBConnection, file: string, name: string): Promise<void> {
  const blocks = existsSync(file) ? "" : `, BLOCK_SIZE ${LAYOUT.blockBytes}`;
  await connection.run(
    `ATTACH ${textLiteral(pathOf(file))} AS ${name} (ROW_GROUP_SIZE ${LAYOUT.rowGroupRows}${blocks})`,
  );
}

/**
 * Makes sure that a database is a regular file, since a pipe would be waited for, and that its log, if there is one, is
 * no link: DuckDB would follow it and write, or delete, what lies elsewhere.
 *
 * @throws StoreError
 */
export function refuseSpecialFiles(file: string): void {
  if (existsSync(file) && !statSync(file).isFile()) {
    throw new StoreError("STORE_NOT_DUCKDB", `${file} is not a regular file: name another`);
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

/** DuckDB's logs of what is committed and not yet in the file: the usual one, and those of an unfinished checkpoint. */
export function logsOf(file: string): string[] {
  return ["wal", "wal.checkpoint", "wal.recovery"].map((ending) => `${pathOf(file)}.${ending}`);
}

/** Has a file or a folder reach the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it. Node's own way never returns where the system makes none, as below /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}
