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
import { lockWriters, type Lock } from "../store/lock.js";
import { outputError } from "../store/output-error.js";
import { DATABASE, MANIFEST, type PublishedFile, type ReadManifest } from "./manifest.js";
import { removeLeftovers } from "../store/own-folder.js";
import { manifestIn, sha256Of } from "./published-folder.js";

/** What became of the files of a publication. */
export interface FileChanges {
  /** Files that are new or have other bytes. */
  written: PublishedFile[];
  /** Files that stay as they are. */
  unchanged: PublishedFile[];
  /** Paths of files that the new publication lacks. */
  removed: string[];
}

/** Compares the files of a publication with those of the one before. */
export function fileChanges(before: readonly PublishedFile[], after: readonly PublishedFile[]): FileChanges {
  const sums = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const paths = new Set(after.map(({ path }) => path));
  return {
    written: after.filter(({ path, sha256 }) => sums.get(path) !== sha256),
    unchanged: after.filter(({ path, sha256 }) => sums.get(path) === sha256),
    removed: before.map(({ path }) => path).filter((path) => !paths.has(path)),
  };
}

/** A publication in the making, in a private folder beside the one that it will take the place of. */
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
   * Keeps other publishers away from the place, and removes what killed ones left beside it.
   *
   * @param target where the publication will be: a folder that isn't there, is empty, or holds a publication
   * @throws UsageError when it is something else; OutputError or UsageError when it can't be written; StoreError
   *   STORE_LOCKED when another publishes there
   */
  static async begin(target: string): Promise<Staging> {
    const path = resolve(target);
    const [parent, prefix] = [dirname(path), `.${basename(path)}.publish-`];
    const before = existsSync(path) ? publicationAt(path, target) : undefined;
    makeParent(parent, target);
    const lock = await lockWriters(path);
    try {
      removeLeftovers(parent, prefix, 0);
      return new Staging(mkdtempSync(join(parent, prefix)), path, before, lock);
    } catch (error) {
      lock.release();
      throw outputError(target, error);
    }
  }

  /** The files that were written so far, by path, with their sums. */
  async files(): Promise<PublishedFile[]> {
    const files: PublishedFile[] = [];
    for (const path of pathsBelow(this.folder).sort()) {
      const file = join(this.folder, path);
      files.push({ path, bytes: statSync(file).size, sha256: await sha256Of(file) });
    }
    return files;
  }

  /** Puts the publication in its place. What didn't change keeps its file: a tool that copies it elsewhere passes it over. */
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

  /** Removes what was written, unless it was published, and lets the next publisher in. */
  discard(): void {
    rmSync(this.workspace, { recursive: true, force: true });
    this.lock.release();
  }

  /** No call exchanges two folders, so for an instant there is none. */
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

/** Puts the file of the former publication in the place of an equal new one, when it is still what its manifest says. */
async function keepFile(old: string, fresh: string, { bytes, sha256 }: PublishedFile): Promise<boolean> {
  const found = lstatSync(old, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size !== bytes || (await sha256Of(old)) !== sha256) return false;
  rmSync(fresh);
  try {
    linkSync(old, fresh);
    return true;
  } catch {
    // A file system without hard links.
    copyFileSync(old, fresh);
    return false;
  }
}

/** The manifest of what is at a path, undefined for an empty folder. */
function publicationAt(path: string, name: string): ReadManifest | undefined {
  if (!statSync(path).isDirectory()) throw new UsageError(`${name} is not a folder: name another`);
  if (readdirSync(path).length === 0) return undefined;
  const before = manifestIn(path);
  const isOurs = before?.files.some((file) => file.path === DATABASE) === true;
  const known = new Set([MANIFEST, ...(before?.files ?? []).map((file) => file.path)]);
  const other = pathsBelow(path).find((file) => !known.has(file));
  if (!isOurs || other !== undefined) {
    const what =
      other === undefined ? "something else than a publication" : `${other}, which \`bfa publish\` didn't write`;
    throw new UsageError(`${name} holds ${what}: name another folder`);
  }
  return before;
}

/** Relative paths of everything below a folder that is not a folder. */
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
