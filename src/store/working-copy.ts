import {
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncPath } from "./file.js";
import { ownFolders } from "./own-folder.js";

/** Identifies a state of a file, as text. */
export type FileState = string;

/** State of a file that doesn't exist. */
export const ABSENT: FileState = "absent";

/** The state of a file from its metadata, without opening it, because closing a handle would drop its locks. */
export function stateOf(file: string): FileState {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? ABSENT : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** Whether two states can be those of one file, before and after it was written to. */
export function isSameFile(before: FileState, after: FileState): boolean {
  const inode = (state: FileState) => state.split(":", 2).join(":");
  return inode(before) === inode(after);
}

/** A private folder beside a file, in which a run works. */
export interface WorkingFolder {
  readonly path: string;
  /** Path of the copy inside. */
  readonly copy: string;
}

/** Creates an empty working folder with a random name, which nobody else can open. */
export function makeWorkingFolder(file: string): WorkingFolder {
  return folderAt(mkdtempSync(join(dirname(file), prefixOf(file))));
}

/** Removes a working folder with everything in it. */
export function removeWorkingFolder({ path }: WorkingFolder): void {
  rmSync(path, { recursive: true, force: true });
}

/**
 * Copies a file into a working folder, as a reflink if the file system supports it, with the same owner and mode. It is
 * flushed to disk when this resolves, so that a later run finds a complete copy even after a power failure.
 *
 * @param state the state of the file before the copy
 */
export async function copyInto(folder: WorkingFolder, file: string, state: FileState): Promise<void> {
  if (state !== ABSENT) {
    const original = statSync(file);
    // Create it empty, so that owner and mode are set before it contains rows.
    writeFileSync(folder.copy, "", { flag: "wx", mode: 0o600 });
    giveTo(folder.copy, original);
    await copyFile(file, folder.copy, constants.COPYFILE_FICLONE);
    giveTo(folder.copy, original);
    await syncPath(folder.copy);
  }
  writeFileSync(join(folder.path, ORIGIN), state, { flush: true });
  await syncPath(folder.path);
}

/** Gives a file the owner and mode of another. */
function giveTo(path: string, { uid, gid, mode }: { uid: number; gid: number; mode: number }): void {
  const now = statSync(path);
  if (now.uid !== uid || now.gid !== gid) chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
}

/** Name of the file beside a copy that records the state it was made from; written once the copy is complete. */
const ORIGIN = "made-from";

/** A working folder that a killed run left. */
export interface Leftover {
  folder: WorkingFolder;
  /** The state that its copy was made from; undefined if there is no complete copy. */
  madeFrom: FileState | undefined;
}

/**
 * The working folders that killed runs left beside a file. Only folders that this user made and nobody else can write
 * to count: a name alone proves nothing.
 */
export function leftoversOf(file: string): Leftover[] {
  return ownFolders(dirname(file), prefixOf(file), "random").map((path) => {
    const folder = folderAt(path);
    const isWhole = existsSync(folder.copy) && existsSync(join(path, ORIGIN));
    return { folder, madeFrom: isWhole ? readFileSync(join(path, ORIGIN), "utf8") : undefined };
  });
}

/** Removes the temporary files that a killed run left beside its copy. */
export function tidyLeftover({ path, copy }: WorkingFolder): void {
  for (const name of readdirSync(path)) {
    // The copy's log is named after it.
    if (name !== ORIGIN && !name.startsWith(basename(copy))) rmSync(join(path, name), { recursive: true, force: true });
  }
}

/** Moves the copy of a leftover beside the file under its own name, and returns that name. */
export function keepUnpublished({ copy }: WorkingFolder, file: string): string {
  const names = Array.from({ length: 1000 }, (_, at) => `${file}.unpublished${at === 0 ? "" : `-${at + 1}`}`);
  const kept = names.find((name) => lstatSync(name, { throwIfNoEntry: false }) === undefined);
  if (kept === undefined) throw new Error("too many unpublished copies");
  renameSync(copy, kept);
  return kept;
}

function folderAt(path: string): WorkingFolder {
  return { path, copy: join(path, "copy.duckdb") };
}

function prefixOf(file: string): string {
  return `.${basename(file)}.run-`;
}
