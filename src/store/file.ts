import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { LAYOUT } from "./layout.js";

/**
 * Absolute path of a file, links followed. DuckDB takes other names for more than a path: `:memory:` is not a file to
 * it, `~/` is the home folder, `sqlite:` an extension; and its sandbox knows the log only by the path without links.
 */
export function pathOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : resolve(file);
}

/** The file as DuckDB's SQL names it. */
export function pathLiteral(file: string): string {
  return `'${pathOf(file).replaceAll("'", "''")}'`;
}

/**
 * Attaches a file for writing, creating it when it does not exist. ATTACH is the one place where DuckDB takes the sizes
 * of row groups and blocks. The storage version is DuckDB's default, the oldest it can write.
 */
export async function attach(connection: DuckDBConnection, file: string, name: string): Promise<void> {
  const blocks = existsSync(file) ? "" : `, BLOCK_SIZE ${LAYOUT.blockBytes}`;
  await connection.run(`ATTACH ${pathLiteral(file)} AS ${name} (ROW_GROUP_SIZE ${LAYOUT.rowGroupRows}${blocks})`);
}

/** Removes a database file with its log, if they are there. */
export function removeDatabase(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}.wal`, { force: true });
}

/** Name of the unfinished copy that a compaction makes beside a file. */
export function compactionFile(file: string): string {
  return `${realpathSync(file)}.compact`;
}

/** Removes what a compaction left that was killed. */
export function removeLeftovers(file: string): void {
  removeDatabase(compactionFile(file));
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
