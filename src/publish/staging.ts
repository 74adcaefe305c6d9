import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../errors.js";
import { makeFolder, syncPath } from "../store/file.js";
import type { Lock } from "../store/claim.js";
import { lockWriters } from "../store/lock.js";
import { outputError } from "../store/output-error.js";
import { DATABASE, MANIFEST, type PublishedFile, type ReadManifest } from "./manifest.js";
import { removeLeftovers } from "../store/own-folder.js";
import { manifestIn, reading, sha256Of } from "./published-folder.js";

/** How the files of a publication changed. */
export interface FileChanges {
  /** Files that are new or whose bytes changed. */
  written: PublishedFile[];
  /** Files with the same bytes as before. */
  unchanged: PublishedFile[];
  /** Paths of files that are not in the new publication. */
  removed: string[];
}

/** Compares the files of a publication with those of the previous one. */
export function fileChanges(before: readonly PublishedFile[], after: readonly PublishedFile[]): FileChanges {
  const sums = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const paths = new Set(after.map(({ path }) => path));
  return {
    written: after.filter(({ path, sha256 }) => sums.get(path) !== sha256),
    unchanged: after.filter(({ path, sha256 }) => sums.get(path) === sha256),
    removed: before.map(({ path }) => path).filter((path) => !paths.has(path)),
  };
}

/** A publication under construction, in a private folder next to the one that it will replace. */
export class Staging {
  /** Where its files are written. */
  readonly folder: string;

  private constructor(
    private readonly workspace: string,
    private readonly target: string,
    private readonly before: ReadManifest | undefined,
    private readonly lock: Lock,
  ) {
    this.folder = join(workspace, "publication");
    mkdirSync(this.folder);
  }

  /**
   * Locks the destination against other publishers, and removes what killed ones left next to it.
   *
   * @param target destination: a folder that doesn't exist, is empty, or contains a publication
   * @throws UsageError when it is something else; OutputError or UsageError when it can't be written; StoreError
   *   STORE_LOCKED when another process is publishing there
   */
  static async begin(target: string): Promise<Staging> {
    const path = resolve(target);
    const [parent, prefix] = [dirname(path), `.${basename(path)}.publish-`];
    const before = existsSync(path) ? publicationAt(path, target) : undefined;
    makeParent(parent, target);
    const lock = await lockWriters(path);
    try {
      removeLeftovers(parent, prefix, "random", 0);
      return new Staging(mkdtempSync(join(parent, prefix)), path, before, lock);
    } catch (error) {
      lock.release();
      throw outputError(target, error);
    }
  }

  /** The files written so far, sorted by path, with their SHA-256. */
  async files(): Promise<PublishedFile[]> {
    const files: PublishedFile[] = [];
    for (const path of pathsBelow(this.folder).sort()) {
      const file = join(this.folder, path);
      files.push({ path, bytes: statSync(file).size, sha256: await sha256Of(file) });
    }
    return files;
  }

  /** Moves the publication to its destination. Unchanged files are kept, so that a copying tool skips them. */
  async publish(files: readonly PublishedFile[]): Promise<FileChanges> {
    const { folder, target, before } = this;
    const stated = fileChanges(before?.files ?? [], files);
    const changes: FileChanges = { written: [...stated.written], unchanged: [], removed: stated.removed };
    for (const file of stated.unchanged) {
      const isKept = await keepFile(join(target, file.path), join(folder, file.path), file);
      changes[isKept ? "unchanged" : "written"].push(file);
    }
    for (const { path } of changes.written) await syncPath(join(folder, path));
    await syncPath(folder);
    try {
      this.swap();
    } catch (error) {
      throw outputError(target, error);
    }
    await syncPath(dirname(target));
    return changes;
  }

  /** Removes what was written, unless it was published, and releases the lock. */
  discard(): void {
    rmSync(this.workspace, { recursive: true, force: true });
    this.lock.release();
  }

  /** Node can't exchange two folders in one call, so for an instant there is no publication. */
  private swap(): void {
    const { folder, target, workspace } = this;
    if (!existsSync(target)) {
      renameSync(folder, target);
      return;
    }
    chmodSync(folder, statSync(target).mode & 0o7777);
    const old = join(workspace, "old");
    renameSync(target, old);
    try {
      renameSync(folder, target);
    } catch (error) {
      renameSync(old, target);
      throw error;
    }
  }
}

/** Replaces a new file by the equal one of the previous publication, if that still matches its manifest. */
async function keepFile(old: string, fresh: string, { bytes, sha256 }: PublishedFile): Promise<boolean> {
  const found = lstatSync(old, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size !== bytes || (await sha256Of(old)) !== sha256) return false;
  rmSync(fresh);
  try {
    linkSync(old, fresh);
    return true;
  } catch {
    // The file system has no hard links.
    copyFileSync(old, fresh);
    return false;
  }
}

/** The manifest of the publication at a path; undefined for an empty folder. */
function publicationAt(path: string, name: string): ReadManifest | undefined {
  if (!statSync(path).isDirectory()) throw new UsageError(`${name} is not a folder: name another`);
  const [first] = reading(path, () => readdirSync(path));
  if (first === undefined) return undefined;
  const before = manifestIn(path);
  const isOurs = before?.files.some((file) => file.path === DATABASE) === true;
  const known = new Set([MANIFEST, ...(before?.files ?? []).map((file) => file.path)]);
  // Any other folder can be large, so it isn't searched.
  const below = before === undefined ? [first] : reading(path, () => pathsBelow(path));
  const other = below.find((file) => !known.has(file));
  if (!isOurs || other !== undefined) {
    const what =
      other === undefined ? "something other than a publication" : `${other}, which \`bfa publish\` didn't write`;
    throw new UsageError(`${name} contains ${what}: name another folder`);
  }
  return before;
}

/** Relative paths of everything below a folder except folders. */
function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function makeParent(parent: string, target: string): void {
  try {
    makeFolder(parent);
  } catch (error) {
    throw outputError(target, error);
  }
}
