import type { DuckDBConnection } from "@duckdb/node-api";
import type { Dataset } from "../vision/dataset.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { attach } from "./attach.js";
import { toStoreError } from "./duckdb-error.js";
import { logsOf, pathOf, refuseSpecialFiles } from "./file.js";
import {
  LEAN_ALLOCATOR,
  openInstance,
  querySettings,
  textLiteral,
  useDatabase,
  type OpenInstance,
} from "./instance.js";
import { migrate, SCHEMA_VERSION } from "./schema/migrate.js";
import { versionOf } from "./schema/version-of.js";

/** An open database file. */
export interface Store {
  /** Path of the file, as the user gave it. */
  readonly file: string;
  /** `read`: nobody can change the file while it is open. */
  readonly access: "read" | "write";
  /** The dataset whose files its rows describe. */
  readonly dataset: Dataset;
  /** Its connection; `daily_availability` and the other tables are available by their bare names. */
  readonly connection: DuckDBConnection;
  /**
   * Closes the connection and the instance, which releases the file's lock. A store that was opened for writing is
   * checkpointed first, and everything committed is published. A second call does nothing.
   *
   * @throws StoreError when that fails: the rows are safe beside the file, and the next run continues with them.
   */
  close(): Promise<void>;
}

/** A database file that is open for writing. */
export interface WritableStore extends Store {
  readonly access: "write";
  /** Path of the DuckDB file that is written to: the file itself or a working copy. */
  readonly path: string;
  /** A private folder in which its instance may create and read files. */
  readonly scratch: string;
  /** Whether another file may replace `path`. */
  readonly isReplaceable: boolean;
}

/** Checkpoints and detaches the file, under either name that it may have after a compaction. */
const DETACH = "USE memory; DETACH DATABASE IF EXISTS store; DETACH DATABASE IF EXISTS compacted";

/** Options of {@link openForReading}. */
export interface ReadOptions {
  /** Settings of the DuckDB instance, in addition to those of every reader. */
  settings: Readonly<Record<string, string>>;
  /** A file that statements may write to. */
  output?: string | undefined;
}

/** A store for queries, with the version of its schema. */
export type OpenedForReading = Store & { readonly version: number };

/**
 * Opens a file only for queries. Any number of readers can share it while nobody writes to it.
 *
 * @throws StoreError
 */
export async function openForReading(file: string, { settings, output }: ReadOptions): Promise<OpenedForReading> {
  refuseSpecialFiles(file);
  const opening = openForQueries(pathOf(file), { ...querySettings(), ...settings }, output);
  return await guarded(file, opening, async (instance) => {
    return await readAttached(file, instance, await currentDatabase(instance.connection));
  });
}

/** A connection to an attached file. */
export type Attached = Pick<OpenInstance, "connection" | "close">;

/**
 * A store for queries on a file that is attached for reading.
 *
 * @param file path of the file, as the user gave it
 * @param database name under which it is attached
 * @throws StoreError, DuckDB's errors
 */
export async function readAttached(file: string, attached: Attached, database: string): Promise<OpenedForReading> {
  const { connection } = attached;
  const version = await versionOf(file, connection, database);
  await useDatabase(connection, database);
  return { file, access: "read", dataset: DEFAULT_DATASET, connection, version, close: onceClosed(file, attached) };
}

async function openForQueries(
  path: string,
  settings: ReadOptions["settings"],
  output: string | undefined,
): Promise<OpenInstance> {
  if (output === undefined) return await openInstance({ main: path, settings });
  const instance = await openInstance({ main: ":memory:", files: [path, ...logsOf(path), output], settings });
  try {
    await instance.connection.run(`ATTACH ${textLiteral(path)} AS store (READ_ONLY); USE store`);
    return instance;
  } catch (error) {
    instance.close();
    throw error;
  }
}

/**
 * Settings of a writer. With two threads, a backfill peaks 30 MiB higher, is no faster and takes more CPU, and DuckDB
 * would start even more on a larger machine. By default DuckDB collects 5 row groups in memory before it writes them.
 * With 2, a backfill peaks 4 to 7 MiB lower. Its file is as large (LIST) or 1 % larger (HEAD), and 2 % larger after 60
 * daily updates.
 */
const WRITER_SETTINGS = { ...LEAN_ALLOCATOR, threads: "1", write_buffer_row_group_count: "2" } as const;

/** Where a store is written to. */
export interface WritePlace {
  /** Path of the file, as the user named it. */
  file: string;
  path: string;
  scratch: string;
  isReplaceable: boolean;
}

/**
 * Opens a DuckDB file for reading and writing; file and schema are created when new, and an older schema is migrated in
 * one transaction. Only one process at a time can hold a file this way. Open a file only once per process: POSIX drops
 * a process's lock on a file as soon as the process closes any handle of it.
 *
 * @throws StoreError when the file is locked, foreign, of a newer schema, damaged or unusable; it is left untouched.
 */
export async function openForWriting(place: WritePlace): Promise<WritableStore> {
  const { file, path, scratch } = place;
  refuseSpecialFiles(path);
  const opening = openInstance({
    main: ":memory:",
    files: [path, ...logsOf(path)],
    folders: [scratch],
    settings: { ...WRITER_SETTINGS, temp_directory: `${scratch}/spill` },
  });
  return await guarded(file, opening, async (instance) => {
    const { connection } = instance;
    await attach(connection, path, "store");
    const version = await versionOf(file, connection, "store");
    if (version < SCHEMA_VERSION) {
      await connection.run("USE store");
      await migrate(connection, version);
      await versionOf(file, connection, "store");
    }
    await useDatabase(connection, "store");
    const close = onceClosed(file, instance, DETACH);
    return { ...place, access: "write", dataset: DEFAULT_DATASET, connection, close };
  });
}

async function currentDatabase(connection: DuckDBConnection): Promise<string> {
  const found = await connection.runAndReadAll("SELECT system.main.current_database()");
  return String(found.getRows()[0]?.[0]);
}

/** Runs `use` on an instance, and closes the instance if it throws, so that no lock outlives a failed opening. */
async function guarded<Opened>(
  file: string,
  opening: Promise<OpenInstance>,
  use: (instance: OpenInstance) => Promise<Opened>,
): Promise<Opened> {
  try {
    const instance = await opening;
    try {
      return await use(instance);
    } catch (error) {
      instance.close();
      throw error;
    }
  } catch (error) {
    throw toStoreError(file, error);
  }
}

function onceClosed(file: string, instance: Attached, last?: string) {
  let isClosed = false;
  return async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    try {
      if (last !== undefined) await instance.connection.run(last);
    } catch (error) {
      throw toStoreError(file, error);
    } finally {
      instance.close();
    }
  };
}
