import { existsSync } from "node:fs";
import { StoreError } from "../errors.js";
import { openForReading, type Store, type WritableStore } from "./database.js";
import { RunFile } from "./run-file.js";
import { SCHEMA_VERSION } from "./schema/migrate.js";

export type { Store, WritableStore } from "./database.js";

/**
 * Settings of a reader for queries that take milliseconds: waking other threads costs more than it saves (a snapshot
 * takes 1.4 ms with two threads, 1.0 with one).
 */
const ONE_THREAD = { threads: "1" } as const;

/** Options of {@link openReader}. */
export interface ReaderOptions {
  /**
   * Settings of the DuckDB instance.
   *
   * @default one thread
   */
  settings?: Readonly<Record<string, string>>;
  /**
   * A file that statements may write to.
   *
   * @default none
   */
  output?: string;
}

/**
 * Opens a file only for queries, as it was last published. Any number of readers can share it, even while a run writes.
 * Statements can't access other files, the network or extensions, and times are in UTC.
 *
 * @throws StoreError STORE_MISSING when there is no file yet, otherwise like {@link openStore}.
 */
export async function openReader(file: string, { settings = ONE_THREAD, output }: ReaderOptions = {}): Promise<Store> {
  if (!existsSync(file)) {
    throw new StoreError("STORE_MISSING", `${file} doesn't exist yet: \`bfa update\` or \`bfa backfill\` creates it`);
  }
  const store = await openForReading(file, { settings, output });
  if (store.version === SCHEMA_VERSION) return store;
  await store.close();
  throw olderSchema(file, store.version);
}

/** A reader can't migrate: a file of an older version must first be opened for writing. */
function olderSchema(file: string, version: number): StoreError {
  const what = version === 0 ? "is empty" : `has schema version ${version} of an older package`;
  return new StoreError("STORE_OLDER_SCHEMA", `${file} ${what}: \`bfa update\` brings it up to date`);
}

/**
 * Opens a file for reading and writing; folder, file and schema are created when new, and an older schema is migrated.
 * Changes become visible to others when the store is closed. Only one process at a time can hold a file this way.
 *
 * @throws StoreError when the file is locked, foreign, of a newer schema, damaged or unusable; it is left untouched.
 */
export async function openStore(file: string): Promise<WritableStore> {
  const run = await RunFile.open(file);
  try {
    return { ...(await run.forWriting()), close: () => run.close() };
  } catch (error) {
    await run.discard().catch(() => undefined);
    throw error;
  }
}
