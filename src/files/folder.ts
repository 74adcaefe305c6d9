import { lstatSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.js";

/** A regular file below a folder. */
export interface FolderFile {
  /** Relative to the folder, with slashes. */
  path: string;
  sizeBytes: number;
  /** Time of the last modification, ms since the Unix epoch. */
  modifiedAt: number;
  /** Whether there is an aria2 control file beside it, which lists parts that are not downloaded yet. */
  isIncomplete: boolean;
}

/** Something below a folder that is skipped, and why. */
export interface SkippedEntry {
  path: string;
  why: string;
}

/** Ending of the control file that aria2 keeps beside a file until it is complete. */
const UNFINISHED = ".aria2";

/**
 * All regular files below a folder, one folder at a time. Links, special files and what has no readable name are skipped.
 *
 * @param onSkip called for each skipped entry
 * @throws UsageError when the folder or one below it can't be read
 */
export async function* folderFiles(
  folder: string,
  onSkip: (entry: SkippedEntry) => void,
): AsyncGenerator<FolderFile[]> {
  const left = [""];
  for (let below = left.pop(); below !== undefined; below = left.pop()) {
    const entries = await entriesOf(folder, below);
    const files: FolderFile[] = [];
    const names = new Set(entries.map(({ name }) => name));
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) left.push(path);
      else if (entry.isFile()) {
        const found = statOf(folder, path);
        if (found === undefined) onSkip({ path, why: "gone, or its name isn't UTF-8" });
        else files.push({ ...found, isIncomplete: names.has(entry.name + UNFINISHED) });
      } else onSkip({ path, why: entry.isSymbolicLink() ? "a symbolic link" : "not a regular file" });
    }
    yield files;
  }
}

async function entriesOf(folder: string, below: string) {
  try {
    return await readdir(join(folder, below), { withFileTypes: true });
  } catch (error) {
    throw unreadable(join(folder, below), error);
  }
}

/** Undefined if nothing has this path: another program removed it, or Node can't read its name as UTF-8. */
function statOf(folder: string, path: string): Omit<FolderFile, "isIncomplete"> | undefined {
  try {
    const found = lstatSync(join(folder, path), { throwIfNoEntry: false });
    return found && { path, sizeBytes: found.size, modifiedAt: found.mtimeMs };
  } catch (error) {
    throw unreadable(join(folder, path), error);
  }
}

function unreadable(path: string, cause: unknown): UsageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UsageError(`${path} can't be read: ${reason}`, { cause });
}
