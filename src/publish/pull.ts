import { rmSync } from "node:fs";
import { InterruptedError, StoreError } from "../errors.js";
import { checkPem, checkSignal, checkText, checkWhole } from "../options/checks.js";
import { optional, readOptions, withDefault, type ChecksOf } from "../options/read-options.js";
import { WAIT_BOUNDS } from "../options/wait-bounds.js";
import { changeFile } from "../store/change-file.js";
import { DATABASE, fileNamed, readManifest } from "./manifest.js";
import { pullFolder, removePullFolder, type PullFolder } from "./pull-folder.js";
import { verifyFile } from "./published-folder.js";
import { sourceAt } from "./source.js";
import { checkFetched, takeOver, type Fetched } from "./take-over.js";

/** Result of {@link pull}. */
export interface Pulled {
  /** URL or path of the publication, as given. */
  source: string;
  /** Path of the database. */
  file: string;
  row_count: number;
  /** Size of the publication's database. */
  bytes: number;
  /** Bytes that this call downloaded: fewer than `bytes` if it resumed an interrupted download. */
  fetched_bytes: number;
  /** Messages for the user about the file. */
  notices: string[];
}

/** Options of {@link pull}. */
export interface PullOptions {
  /**
   * PEM certificates to trust in addition to Node's.
   *
   * @default none
   */
  ca?: string | undefined;
  /**
   * How long to wait for a database that another process is using, 0 to 86400000 ms.
   *
   * @default 0
   */
  waitMs?: number | undefined;
  /** Aborting it ends the download and keeps what was downloaded for the next call. */
  signal?: AbortSignal | undefined;
}

/**
 * Downloads the database of a publication into a local database, which `update` then keeps current. The download is
 * verified against the manifest and opened as a foreign file; only its rows are used. The rows of an existing database
 * are replaced, unless it has data that the publication lacks; tables and views that users added to it stay. An
 * interrupted download resumes with the next call.
 *
 * @param source URL or folder of a publication. Proxies are taken from the environment, as for runs.
 * @param file path of the database
 * @throws PublicationError when the publication can't be reached or is damaged; UsageError, StoreError when it can't be
 *   used here; InterruptedError. On any error the database stays as it was.
 * @example
 * ```ts
 * await pull("https://example.org/index", "availability.duckdb");
 * await update({ db: "availability.duckdb" });
 * ```
 */
export async function pull(source: string, file: string, options: PullOptions = {}): Promise<Pulled> {
  checkText("source", source);
  checkText("file", file);
  const { ca, waitMs, signal } = readOptions(options, {
    ca: optional(checkPem),
    waitMs: withDefault(checkWhole(WAIT_BOUNDS), 0),
    signal: optional(checkSignal),
  } satisfies ChecksOf<PullOptions>);
  const place = sourceAt(source, { ca, env: process.env, signal });
  const manifest = readManifest(await place.manifest(), source);
  const database = fileNamed(manifest, DATABASE, source);
  const folder = pullFolder(file, database.sha256);
  const fetched: Fetched = { path: folder.part, scratch: folder.path, rowCount: manifest.row_count, name: source };
  const fetchedBytes = await place.fetchDatabase(database, folder.part).catch((error: unknown) => {
    // The partial download would still fill the disk.
    if (error instanceof StoreError) rmSync(folder.path, { recursive: true, force: true });
    throw error;
  });
  await orRemoved(folder, async () => {
    await verifyFile(folder.part, database, `${source}/${DATABASE}`);
    await checkFetched(fetched);
  });
  const { notices } = await orRemoved(folder, () =>
    changeFile(file, { waitMs, signal }, (store) => takeOver(store, fetched)),
  );
  removePullFolder(file, folder);
  const { row_count } = manifest;
  return { source, file, row_count, bytes: database.bytes, fetched_bytes: fetchedBytes, notices };
}

/** Removes the download if it can't be used here. It stays if a retry may use it, for example after a lock. */
async function orRemoved<Result>({ path }: PullFolder, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    const mayPass =
      error instanceof InterruptedError ||
      (error instanceof StoreError && ["STORE_LOCKED", "STORE_UNUSABLE"].includes(error.code));
    if (!mayPass) rmSync(path, { recursive: true, force: true });
    throw error;
  }
}
