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

/** Result of {@link publish}. */
export interface Publication extends PublishedState {
  /** Path of the folder, as given. */
  folder: string;
  file_count: number;
  /** Total size of all files. */
  bytes: number;
  /** Paths of files that are new or whose bytes changed. */
  written: string[];
  /** Number of files unchanged since the previous publication. */
  unchanged_count: number;
  /** Paths of files that were in the previous publication and are not in this one. */
  removed: string[];
}

/** Options of {@link publish}. */
export interface PublishOptions {
  /** Aborting it ends the work and leaves the previous publication as it was. */
  signal?: AbortSignal | undefined;
}

/** Maximum number of attempts to copy the database, in case it is replaced during the copy. */
const MAX_ATTEMPTS = 5;

/**
 * Publishes a database for use without this package: the database, Parquet files, a page to explore it, a manifest with
 * checksums, a licence and a README. The same rows give the same bytes. The folder is built next to its destination and
 * then renamed, so that it always appears complete; unchanged files are kept. Tables and views that users added to the
 * database are not published.
 *
 * @param file path of the database; runs may continue in the meantime
 * @param folder destination: a folder that doesn't exist, is empty, or contains a publication
 * @throws StoreError when the database can't be read or is empty, or another process is publishing into the folder;
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

/** Copies a database as one run left it, and starts again if the database is replaced during the copy. */
async function copyDatabase(file: string, target: string, scratch: string): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = stateOf(pathOf(file));
    // Reports what is wrong with the file, and keeps others from writing to it.
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
