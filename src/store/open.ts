import { existsSync, linkSync } from "node:fs";
import { dirname } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../errors.js";
import { DuckDBInstance } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import { attach, makeFolder, pathOf, removeDatabase, removeLeftovers } from "./file.js";
import type { Dataset } from "../vision/dataset.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { fileKind, migrate, SCHEMA_VERSION } from "./schema/migrate.js";

/** An open database file. */
export interface Store {
  /** Path of the file. */
  readonly file: string;
  /** `read`: nobody can change the file while it is open. */
  readonly access: "read" | "write";
  /** What its rows are files of. */
  readonly dataset: Dataset;
  /** Its connection; `daily_availability` and the other tables answer by their bare names. */
  readonly connection: DuckDBConnection;
  /**
   * Closes connection and instance and so releases the file's lock; a store that was opened for writing is checkpointed
   * first. A second call does nothing.
   *
   * @throws StoreError when the checkpoint fails: the rows are safe in the `.wal` file beside it.
   */
  close(): Promise<void>;
}

/** Lets go of the file, checkpointed, under either of the names that it may have after a compaction. */
const DETACH = "USE memory; DETACH DATABASE IF EXISTS store; DETACH DATABASE IF EXISTS compacted";

/** Options of every DuckDB instance here: nothing is fetched from the network or loaded from disk unasked. */
export const INSTANCE_OPTIONS = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
} as const;

/**
 * Opens a file for reading and writing; folder, file and schema are created when new, and an older schema is migrated
 * in one transaction. One process at a time can hold a file this way, and nobody else can read it meanwhile. Open a
 * file once a process: POSIX drops a process's lock on a file as soon as it closes any handle of it.
 *
 * @throws StoreError when the file is locked, foreign, of a newer schema, damaged or unusable; it is left untouched.
 */
export async function openStore(file: string): Promise<Store> {
  try {
    if (!existsSync(file)) await createFile(file);
    return await openWritable(file);
  } catch (error) {
    throw toStoreError(file, error);
  }
}

/**
 * Options of a reader for questions of milliseconds: waking other threads took longer than they saved (a snapshot 1.4
 * ms with two threads, 1.0 with one).
 */
const ONE_THREAD = { threads: "1" } as const;

/**
 * Opens a file for queries only. Any number of readers can share it while nobody writes.
 *
 * @param options of the DuckDB instance; given, they take the place of the default, which is one thread
 * @throws StoreError STORE_MISSING when there is no file yet, else as {@link openStore}.
 */
export async function openReader(file: string, options: Readonly<Record<string, string>> = ONE_THREAD): Promise<Store> {
  if (!existsSync(file)) {
    throw new StoreError("STORE_MISSING", `${file} doesn't exist yet: \`bfa update\` or \`bfa backfill\` creates it`);
  }
  try {
    const instance = await DuckDBInstance.create(pathOf(file), {
      ...INSTANCE_OPTIONS,
      ...options,
      access_mode: "READ_ONLY",
    });
    return await guarded(file, instance, async (connection) => {
      requireCurrent(file, checkVersion(file, await fileKind(connection)));
      return { file, access: "read", dataset: DEFAULT_DATASET, connection, close: closer(file, instance, connection) };
    });
  } catch (error) {
    throw toStoreError(file, error);
  }
}

async function openWritable(file: string): Promise<Store> {
  const instance = await DuckDBInstance.create(":memory:", {
    ...INSTANCE_OPTIONS,
    temp_directory: `${pathOf(file)}.tmp`,
  });
  return await guarded(file, instance, async (connection) => {
    await attach(connection, file, "store");
    await connection.run("USE store");
    removeLeftovers(file);
    const version = checkVersion(file, await fileKind(connection));
    if (version < SCHEMA_VERSION) await migrate(connection, version);
    return {
      file,
      access: "write",
      dataset: DEFAULT_DATASET,
      connection,
      close: closer(file, instance, connection, DETACH),
    };
  });
}

/**
 * Makes a new file under another name and links it to its own when it is whole, so that a process killed on the way
 * leaves no half of a database behind, and of two processes that create it at once neither overwrites the other's.
 */
async function createFile(file: string): Promise<void> {
  makeFolder(dirname(file));
  const fresh = `${file}.${process.pid}.new`;
  try {
    const store = await openWritable(fresh);
    await store.close();
    if (!existsSync(file)) linkSync(fresh, file);
  } finally {
    removeDatabase(fresh);
  }
}

/** A reader can't migrate: a file of an older version has to be written to first. */
function requireCurrent(file: string, version: number): void {
  if (version === SCHEMA_VERSION) return;
  const what = version === 0 ? "holds nothing yet" : `has schema version ${version} of an older package`;
  throw new StoreError("STORE_OLDER_SCHEMA", `${file} ${what}: \`bfa update\` brings it up to date`);
}

function checkVersion(file: string, found: Awaited<ReturnType<typeof fileKind>>): number {
  switch (found.kind) {
    case "empty":
      return 0;
    case "foreign": {
      const message = `${file} is a DuckDB file of something else: name another file, or take over its rows with \`bfa import\``;
      throw new StoreError("STORE_FOREIGN", message);
    }
    case "store":
      if (found.version <= SCHEMA_VERSION) return found.version;
      throw new StoreError(
        "STORE_NEWER_SCHEMA",
        `${file} has schema version ${found.version}, this package knows ${SCHEMA_VERSION}: update binance-futures-availability`,
      );
  }
}

/** Connects, runs `use`, and closes everything again when it throws, so that no lock outlives a failed opening. */
async function guarded(
  file: string,
  instance: DuckDBInstance,
  use: (connection: DuckDBConnection) => Promise<Store>,
): Promise<Store> {
  try {
    const connection = await instance.connect();
    try {
      return await use(connection);
    } catch (error) {
      connection.closeSync();
      throw toStoreError(file, error);
    }
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

function closer(file: string, instance: DuckDBInstance, connection: DuckDBConnection, last?: string) {
  let closed = false;
  return async (): Promise<void> => {
    if (closed) return;
    closed = true;
    try {
      if (last !== undefined) await connection.run(last);
    } catch (error) {
      throw toStoreError(file, error);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };
}
