import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DAY_MS } from "../calendar/day.js";
import { UsageError } from "../errors.js";
import { makeFolder, pathOf } from "../store/file.js";
import { outputError } from "../store/output-error.js";
import { isOwnFolder, removeLeftovers } from "../store/own-folder.js";

/** A private folder next to a database, into which a publication's database is downloaded. */
export interface PullFolder {
  readonly path: string;
  /** The part of the database downloaded so far. The file always exists. */
  readonly part: string;
}

/**
 * The folder for one file of one publication. Its name contains the file's SHA-256, so that an interrupted pull resumes
 * where it stopped, and only with the same file.
 *
 * @param db path of the database to replace
 * @throws OutputError or UsageError when it can't be created, or when the existing one isn't private to this user
 */
export function pullFolder(db: string, sha256: string): PullFolder {
  const path = join(dirname(pathOf(db)), `${prefixOf(db)}${sha256.slice(0, 16)}`);
  try {
    makeFolder(dirname(path));
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw outputError(db, error);
  }
  if (!isOwnFolder(path)) throw new UsageError(`${path} is not a private folder of this user: remove it`);
  const part = join(path, "part.duckdb");
  // A pull that was killed after the download may have left DuckDB's log.
  for (const name of readdirSync(path)) if (name !== basename(part)) rmSync(join(path, name), { recursive: true });
  const left = lstatSync(part, { throwIfNoEntry: false });
  if (left !== undefined && !left.isFile()) throw new UsageError(`${part} is not a regular file: remove it`);
  if (left === undefined) writeFileSync(part, "", { flag: "wx", mode: 0o600 });
  return { path, part };
}

/** Removes the folder, and those left by pulls of other publications into the same database. */
export function removePullFolder(db: string, { path }: PullFolder): void {
  rmSync(path, { recursive: true, force: true });
  // Another pull may be in progress.
  removeLeftovers(dirname(pathOf(db)), prefixOf(db), "checksum", DAY_MS);
}

function prefixOf(db: string): string {
  return `.${basename(pathOf(db))}.pull-`;
}
