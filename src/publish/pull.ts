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

/** What {@link pull} did. */
export interface Pulled {
  /** The publication, as it was named. */
  source: string;
  /** The database. */
  file: string;
  row_count: number;
  /** Size of the publication's database. */
  bytes: number;
  /** Bytes of it that this call fetched: fewer than all when it went on with what an interrupted one had. */
  fetched_bytes: number;
  /** What the user should know of the file, in words. */
  notices: string[];
}

/** Options of {@link pull}. */
export interface PullOptions {
  /**
   * PEM certificates to trust besides Node's.
   *
   * @default none
   */
  ca?: string | undefined;
  /**
   * How long to wait for another process that has the database, 0 to 86400000 ms.
   *
   * @default 0
   */
  waitMs?: number | undefined;
  /** Aborting it ends the fetching; what came is kept for the next time. */
  signal?: AbortSignal | undefined;
}

/**
 * Takes the database of a publication as a store of one's own, which `update` goes on with. It is verified by the manifest
 * and opened as a foreign file; nothing of it but rows is taken over. A store that is there already is replaced, unless it
 * knows something that the publication lacks; what users made in it stays. Interrupted, the next call goes on.
 *
 * @param source URL or folder of what `publish` wrote. Proxies are those that the environment names, as for runs.
 * @param file path of the database
 * @throws PublicationError when it can't be reached or is damaged; UsageError, StoreError when it can't be taken over;
 *   InterruptedError. The database is as it was then.
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
    // What came of it would fill the disk still.
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

/** Removes what came when it can't be used here. It stays when another try may use it: the file was in use, say. */
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
