import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { StoreError } from "../errors.js";
import { toStoreError } from "./duckdb-error.js";
import { DuckDBInstance } from "./duckdb.js";
import { pathOf, refuseSpecialFiles } from "./file.js";
import { INSTANCE_OPTIONS, openInstance, type OpenInstance } from "./instance.js";

/** Files claimed in this thread. */
const claimed = new Set<string>();

/** A held lock. */
export interface Lock {
  /** Releases the lock for the next writer. */
  release(): void;
}

/**
 * Claims a file for one run in this process, because the kernel doesn't tell two locks of one process apart. Works only
 * between callers in the same thread.
 *
 * @throws StoreError STORE_LOCKED when it is claimed
 */
export function claimInProcess(file: string): Lock {
  const path = pathOf(file);
  if (claimed.has(path))
    throw new StoreError("STORE_LOCKED", `${file} is in use by another run of this process: wait for it to end`);
  claimed.add(path);
  return {
    release: () => {
      claimed.delete(path);
    },
  };
}

/** Name of the tiny DuckDB file that writers lock. It is never removed, because a writer could just be opening it. */
export function lockFile(file: string): string {
  return join(dirname(file), `.${basename(file)}.lock`);
}

/**
 * Keeps other writers of this project away from a file by DuckDB's own lock on a tiny file beside it, which the kernel
 * releases when the process dies. Readers don't take it.
 *
 * @param file absolute path, with links resolved
 * @throws StoreError STORE_LOCKED when another process holds it
 */
export async function lockWriters(file: string): Promise<Lock> {
  const claim = claimInProcess(file);
  const path = lockFile(file);
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) await createLockFile(file, path);
    else if (!found.isFile()) throw new StoreError("STORE_UNUSABLE", `${path} is not a regular file: remove it`);
    refuseSpecialFiles(path);
    const instance = await DuckDBInstance.create(path, { ...INSTANCE_OPTIONS, enable_external_access: "false" });
    return {
      release: () => {
        instance.closeSync();
        claim.release();
      },
    };
  } catch (error) {
    claim.release();
    throw toStoreError(file, error);
  }
}

/** Keeps others from writing to a file, if it exists, with the lock that DuckDB takes for reading. */
export async function openGuard(path: string): Promise<OpenInstance | undefined> {
  return existsSync(path) ? await openInstance({ main: path, settings: { threads: "1" } }) : undefined;
}

/**
 * Creates the lock file under a temporary name and links it into place when complete. If two processes do this at the
 * same time, one wins.
 */
async function createLockFile(file: string, path: string): Promise<void> {
  const folder = mkdtempSync(join(dirname(file), ".bfa-"));
  const fresh = join(folder, "lock");
  try {
    const instance = await DuckDBInstance.create(fresh, INSTANCE_OPTIONS);
    instance.closeSync();
    const published = statSync(file, { throwIfNoEntry: false });
    if (published !== undefined) {
      // Everyone who may write to the database must be able to lock it.
      if (process.getuid?.() === 0) chownSync(fresh, published.uid, published.gid);
      chmodSync(fresh, published.mode & 0o777);
    }
    linkOrCopy(fresh, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (isCode(error, "EEXIST")) return;
    // The file system has no hard links.
    try {
      copyFileSync(from, to, constants.COPYFILE_EXCL);
    } catch (failure) {
      if (!isCode(failure, "EEXIST")) throw failure;
    }
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
