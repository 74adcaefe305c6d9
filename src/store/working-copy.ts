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
import { isOwnFolder } from "./own-folder.js";

/** What tells one state of a file from another, as text. */
export type FileState = string;

/** State of a file that isn't there. */
export const ABSENT: FileState = "absent";

/** The state of a file by what the system says of it, without opening it: a closed handle would drop its locks. */
export function stateOf(file: string): FileState {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? ABSENT : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** A private folder beside a file, in which a run works. */
export interface WorkingFolder {
  readonly path: string;
  /** Path of the copy in it. */
  readonly copy: string;
}

/** Makes an empty working folder with a random name, which nobody else can open. */
export function makeWorkingFolder(file: string): WorkingFolder {
  return folderAt(mkdtempSync(join(dirname(file), prefixOf(file))));
}

/** Removes a working folder with all that is in it. */
export function removeWorkingFolder({ path }: WorkingFolder): void {
  rmSync(path, { recursive: true, force: true });
}

/**
 * Copies a file into a working folder: shared with the original by the file system where it can, with its owner and
 * mode, and on the disk when this resolves, so that what a later run finds in the folder is whole even after a power
 * failure.
 *
 * @param state of the file before
 */
export async function copyInto(folder: WorkingFolder, file: string, state: FileState): Promise<void> {
  if (state !== ABSENT) {
    const original = statSync(file);
    // Made empty first: owner and mode are set before there are rows in it.
    writeFileSync(folder.copy, "", { flag: "wx", mode: 0o600 });
    giveTo(folder.copy, original);
    await copyFile(file, folder.copy, constants.COPYFILE_FICLONE);
    giveTo(folder.copy, original);
    await syncPath(folder.copy);
  }
  writeFileSync(join(folder.path, ORIGIN), state, { flush: true });
  await syncPath(folder.path);
}

/** Gives a file the owner and the mode of another. */
function giveTo(path: string, { uid, gid, mode }: { uid: number; gid: number; mode: number }): void {
  const now = statSync(path);
  if (now.uid !== uid || now.gid !== gid) chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
}

/** Name of the text beside a copy that says from which state of the file it was made: written once the copy is whole. */
const ORIGIN = "made-from";

/** What a killed run left. */
export interface Leftover {
  folder: WorkingFolder;
  /** The state that its copy was made from; undefined when there is no whole copy. */
  madeFrom: FileState | undefined;
}

/**
 * The working folders that killed runs left beside a file. Only what this user made and nobody else can write counts:
 * a name alone says nothing.
 */
export function leftoversOf(file: string): Leftover[] {
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefixOf(file)))
    .map((name) => join(dirname(file), name))
    .filter(isOwnFolder)
    .map((path) => {
      const folder = folderAt(path);
      const isWhole = existsSync(folder.copy) && existsSync(join(path, ORIGIN));
      return { folder, madeFrom: isWhole ? readFileSync(join(path, ORIGIN), "utf8") : undefined };
    });
}

/** Removes what a killed run left beside its copy: pieces that were on their way into it, or out of it. */
export function tidyLeftover({ path, copy }: WorkingFolder): void {
  for (const name of readdirSync(path)) {
    // The copy's log is named after it.
    if (name !== ORIGIN && !name.startsWith(basename(copy))) rmSync(join(path, name), { recursive: true, force: true });
  }
}

/** Gives the copy of a leftover a name of its own beside the file, and says which. */
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
