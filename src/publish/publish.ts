import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BfaError, InterruptedError, StoreError } from "../errors.js";
import { checkSignal, checkText } from "../options/checks.js";
import { optional, readOptions, type ChecksOf } from "../options/read-options.js";
import { answerFrom } from "../store/defects.js";
import { openReader } from "../store/open.js";
import { outputError, saysShortage } from "../store/output-error.js";
import { pathOf } from "../store/file.js";
import { stateOf } from "../store/working-copy.js";
import { writeDatabase } from "./database.js";
import { DATABASE, MANIFEST, manifestText, type PublishedState } from "./manifest.js";
import { writePage } from "./page-files.js";
import { writeParquetFiles } from "./parquet-files.js";
import { Staging } from "./staging.js";
import { publishedState } from "./published-state.js";
import { LICENSE_TEXT, readmeText } from "./texts.js";

/** What {@link publish} did. */
export interface Publication extends PublishedState {
  /** The folder, as it was named. */
  folder: string;
  file_count: number;
  /** Size of all files together. */
  bytes: number;
  /** Paths of the files that are new or have other bytes than before. */
  written: string[];
  /** Number of files that are those of the publication before. */
  unchanged_count: number;
  /** Paths of files of the publication before that this one lacks. */
  removed: string[];
}

/** Options of {@link publish}. */
export interface PublishOptions {
  /** Aborting it ends the work; what was published before stays. */
  signal?: AbortSignal | undefined;
}

/** How often the work begins anew when the database is replaced meanwhile. */
const MAX_ATTEMPTS = 5;

/**
 * Writes what others need to use a database without this package: the database, Parquet files, a page to look at it, a
 * manifest with sums, licence and README. The same rows give the same bytes. The folder is made beside its place and
 * renamed into it whole; files that didn't change are those that were there. Tables and views of the user's own are not
 * published.
 *
 * @param file path of the database; runs may go on meanwhile
 * @param folder where the publication will be: a folder that isn't there, is empty, or holds a publication
 * @throws StoreError when the database can't be read or holds nothing, or another process publishes into the folder;
 *   UsageError when the folder can't be written, OutputError when the disk is full; InterruptedError
 * @example
 * ```ts
 * const { written, bytes } = await publish("availability.duckdb", "public");
 * ```
 */
export async function publish(file: string, folder: string, options: PublishOptions = {}): Promise<Publication> {
  checkText("file", file);
  checkText("folder", folder);
  const { signal } = readOptions(options, { signal: optional(checkSignal) } satisfies ChecksOf<PublishOptions>);
  const staging = await Staging.begin(folder);
  try {
    const database = join(staging.folder, DATABASE);
    await copyDatabase(file, database, staging.folder);
    refuseInterrupted(signal);
    const parquet = await writeParquetFiles(database, staging.folder);
    refuseInterrupted(signal);
    const store = await openReader(database);
    let state: PublishedState;
    try {
      state = await answerFrom(store, async () => {
        const found = await publishedState(store, file);
        await writePage(store, found, staging.folder);
        return found;
      });
    } finally {
      await store.close();
    }
    writeFileSync(join(staging.folder, "LICENSE-DATA"), LICENSE_TEXT);
    writeFileSync(join(staging.folder, "README.md"), readmeText(parquet));
    refuseInterrupted(signal);
    const files = await staging.files();
    writeFileSync(join(staging.folder, MANIFEST), manifestText({ ...state, files }));
    const { written, unchanged, removed } = await staging.publish(files);
    return {
      ...state,
      folder,
      file_count: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      written: written.map(({ path }) => path),
      unchanged_count: unchanged.length,
      removed,
    };
  } catch (error) {
    if (error instanceof BfaError || !(error instanceof Error) || !saysShortage(error.message)) throw error;
    throw outputError(folder, error);
  } finally {
    staging.discard();
  }
}

/** Copies a database as one run left it: it begins anew when another one takes its place meanwhile. */
async function copyDatabase(file: string, target: string, scratch: string): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = stateOf(pathOf(file));
    // Says what is wrong with the file, and keeps others from writing in it.
    const reader = await openReader(file);
    try {
      await writeDatabase(file, target, scratch);
      if (stateOf(pathOf(file)) === before) return;
    } finally {
      await reader.close();
    }
  }
  throw new StoreError("STORE_LOCKED", `${file} keeps changing: wait for its writer to end`);
}

function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new InterruptedError("interrupted before anything was published");
}
