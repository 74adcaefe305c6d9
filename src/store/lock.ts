import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../errors.js";
import { claimInProcess, type Lock } from "./claim.js";
import type { Attached } from "./database.js";
import { toStoreError } from "./duckdb-error.js";
import { logsOf, refuseSpecialFiles } from "./file.js";
import { openInstance, querySettings, textLiteral, type OpenInstance } from "./instance.js";

/** Name of the tiny DuckDB file that writers lock. It is never removed, because a writer could just be opening it. */
export function lockFile(file: string): string {
  return join(dirname(file), `.${basename(file)}.lock`);
}

/** The locks that a run holds: on the lock file, and on the published file. */
export interface RunLock extends Lock {
  /**
   * Opens the published file for reading, and so takes the lock of a reader: nobody can write to it from now on. A
   * second call takes that lock anew. It doesn't last: the kernel drops all of a process's locks on a file when the
   * process closes any handle of it, as a copy or another reader does.
   *
   * @throws DuckDB's error when another process writes to the file, or the file is damaged
   */
  lockPublished(): Promise<void>;
  /** Opens a connection to the published file; it must be closed before the next {@link RunLock.lockPublished}. */
  connectPublished(): Promise<Attached>;
}

/** Name under which the published file is attached. */
export const PUBLISHED = "published";

/**
 * Keeps other writers of this project away from a file by DuckDB's own lock on a tiny file beside it, which the kernel
 * releases when the process dies. Readers don't take it.
 *
 * @param file absolute path, with links resolved
 * @throws StoreError STORE_LOCKED when another process holds it
 */
export async function lockWriters(file: string): Promise<RunLock> {
  const claim = claimInProcess(file);
  const path = lockFile(file);
  let folder: string | undefined;
  let instance: OpenInstance | undefined;
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) folder = mkdtempSync(join(dirname(file), ".bfa-"));
    else if (!found.isFile()) throw new StoreError("STORE_UNUSABLE", `${path} is not a regular file: remove it`);
    refuseSpecialFiles(path);
    // One instance for both files: creating one takes 10 ms, attaching a file 1 ms.
    instance = await openInstance({
      main: ":memory:",
      files: [path, ...logsOf(path), file, ...logsOf(file)],
      folders: folder === undefined ? [] : [folder],
      settings: querySettings(),
    });
    if (folder !== undefined) await createLockFile(instance.connection, file, join(folder, "lock"), path);
    await instance.connection.run(`ATTACH ${textLiteral(path)} AS lock`);
    return runLock(instance, file, claim);
  } catch (error) {
    instance?.close();
    claim.release();
    throw toStoreError(file, error);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function runLock(instance: OpenInstance, file: string, claim: Lock): RunLock {
  return {
    lockPublished: async () => {
      await instance.connection.run(`DETACH DATABASE IF EXISTS ${PUBLISHED}`);
      await instance.connection.run(`ATTACH ${textLiteral(file)} AS ${PUBLISHED} (READ_ONLY)`);
    },
    connectPublished: async () => {
      const connection = await instance.connect();
      return {
        connection,
        close: () => {
          connection.closeSync();
        },
      };
    },
    release: () => {
      instance.close();
      claim.release();
    },
  };
}

/**
 * Creates the lock file under a temporary name and links it into place when complete. If two processes do this at the
 * same time, one wins.
 */
async function createLockFile(connection: DuckDBConnection, file: string, fresh: string, path: string): Promise<void> {
  await connection.run(`ATTACH ${textLiteral(fresh)} AS fresh; DETACH fresh`);
  const published = statSync(file, { throwIfNoEntry: false });
  if (published !== undefined) {
    // Everyone who may write to the database must be able to lock it.
    if (process.getuid?.() === 0) chownSync(fresh, published.uid, published.gid);
    chmodSync(fresh, published.mode & 0o777);
  }
  linkOrCopy(fresh, path);
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
