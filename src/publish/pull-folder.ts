import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DAY_MS } from "../calendar/day.js";
import { UsageError } from "../errors.js";
import { makeFolder, pathOf } from "../store/file.js";
import { outputError } from "../store/output-error.js";
import { isOwnFolder, removeLeftovers } from "../store/own-folder.js";

/** A private folder beside a database, in which a publication's database arrives. */
export interface PullFolder {
  readonly path: string;
  /** What came of the database so far; it exists. */
  readonly part: string;
}

/**
 * The folder for one file of one publication. It is named for the file's sum, so that a pull which was interrupted goes on
 * where it ended, and only with the same file.
 *
 * @param db path of the database that it is for
 * @throws OutputError or UsageError when it can't be made, or others can write in what is there
 */
export function pullFolder(db: string, sha256: string): PullFolder {
  const path = join(dirname(pathOf(db)), `${prefixOf(db)}${sha256.slice(0, 16)}`);
  try {
    makeFolder(dirname(path));
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw outputError(db, error);
  }
  if (!isOwnFolder(path)) throw new UsageError(`${path} belongs to others: remove it`);
  const part = join(path, "part.duckdb");
  // A killed pull may have left DuckDB's log of a file that had come whole.
  for (const name of readdirSync(path)) if (name !== basename(part)) rmSync(join(path, name), { recursive: true });
  const left = lstatSync(part, { throwIfNoEntry: false });
  if (left !== undefined && !left.isFile()) throw new UsageError(`${part} is not a regular file: remove it`);
  if (left === undefined) writeFileSync(part, "", { flag: "wx", mode: 0o600 });
  return { path, part };
}

/** Removes the folder, and those that pulls of other publications left for the same database. */
export function removePullFolder(db: string, { path }: PullFolder): void {
  rmSync(path, { recursive: true, force: true });
  // Another pull may be under way.
  removeLeftovers(dirname(pathOf(db)), prefixOf(db), DAY_MS);
}

function prefixOf(db: string): string {
  return `.${basename(pathOf(db))}.pull-`;
}
