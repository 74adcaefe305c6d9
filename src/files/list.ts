import { formatDay, type Day, DAY_MS } from "../calendar/day.js";
import { UsageError } from "../errors.js";
import { CONDITION_FACTS } from "../query/basis.js";
import type { FactsOf } from "../query/facts.js";
import { dateText, ms, timeText } from "../query/select.js";
import { knownEndpoints } from "../store/endpoints.js";
import type { Store } from "../store/open.js";
import { readRows } from "../store/read-rows.js";
import { column, optionalColumn, type RowOf } from "../text/columns.js";
import { ENDPOINTS } from "../vision/endpoints.js";
import { checksumKey, fileKey, keyPath } from "../vision/object-key.js";
import { indexedFiles, type IndexedFile, type Since } from "./listed.js";
import { select, type Selected, type Selection } from "./selection.js";

/** Columns of a file to fetch. */
export const FILE_COLUMNS = {
  date: column("date", "day of the file; rows are ordered by date and symbol"),
  symbol: column("symbol", "symbol of the file"),
  file_size_bytes: optionalColumn("bytes", "size of the file; null for a checksum file"),
  last_modified: optionalColumn("time", "upload time; null for a checksum file"),
  reason: optionalColumn(
    "text",
    "with --since: new, late or replaced; after a verification: missing, stale, damaged or incomplete",
  ),
  path: column("text", "path below the download folder: the file's key in the bucket"),
  url: column("text", "URL of the file"),
  etag: optionalColumn("text", "first 8 bytes of its md5 in hexadecimal, if known"),
};

/** Facts about a list of files. */
export const FILE_FACTS = {
  file_count: column("count", "files in the list, without checksum files"),
  byte_count: column("bytes", "total size of these files"),
  absent_count: optionalColumn("count", "cells of the given list that are known to have no file; null without a list"),
  endpoint: column("text", "server of the URLs"),
  bucket: column("text", "name of the bucket for tools that speak S3"),
  ...CONDITION_FACTS,
};

/** A file to fetch. */
export type FileToFetch = RowOf<typeof FILE_COLUMNS>;

/** Facts about a list of files to fetch. */
export type FileListFacts = FactsOf<typeof FILE_FACTS>;

/** A list of files to fetch; its rows are read on demand. */
export interface FileList {
  facts: FileListFacts;
  rows: AsyncIterable<FileToFetch[]>;
}

/** Options of {@link listFiles}. */
export interface FileListOptions extends Selection {
  /** Only files found new, late or replaced: by this run or later ones, or by runs that ended on this day or later. */
  since: { runId: number } | { day: Day } | undefined;
  /** Whether to list checksum files too, each after its file. */
  checksums: boolean;
  /** Server of the URLs; undefined for the one that filled the database. */
  endpoint: string | undefined;
  /** Maximum number of unknown symbols. */
  tolerated: number;
}

/**
 * The files to fetch, according to the index, which is read twice: for the totals, then row by row.
 *
 * @throws NotKnownError when too little is known about the selection; StoreError, UsageError
 */
export async function listFiles(store: Store, options: FileListOptions): Promise<FileList> {
  const now = Date.now();
  const since = options.since === undefined ? undefined : await sinceOf(store, options.since);
  const selected = await select(store, options, options.tolerated, now);
  const known = await knownEndpoints(store);
  const endpoint = options.endpoint ?? known?.endpoint ?? ENDPOINTS.download;
  let [fileCount, byteCount] = [0, 0];
  for await (const { files } of indexedFiles(store, selected, since)) {
    fileCount += files.length;
    for (const { sizeBytes } of files) byteCount += sizeBytes;
  }
  return {
    facts: {
      file_count: fileCount,
      byte_count: byteCount,
      absent_count: since === undefined ? absentCount(selected, fileCount) : null,
      endpoint,
      bucket: bucketOf(known?.listEndpoint ?? ENDPOINTS.list),
      ...selected.facts,
    },
    rows: rowsOf(store, selected, since, { endpoint, checksums: options.checksums }),
  };
}

async function* rowsOf(
  store: Store,
  selected: Selected,
  since: Since | undefined,
  { endpoint, checksums }: { endpoint: string; checksums: boolean },
): AsyncGenerator<FileToFetch[]> {
  for await (const { files } of indexedFiles(store, selected, since)) {
    const rows = files.map((file) => rowOf(store, file, endpoint));
    yield checksums ? rows.flatMap((row) => [row, checksumOf(row)]) : rows;
  }
}

function rowOf(
  { dataset }: Store,
  { symbol, day, sizeBytes, uploadedAt, etag, reason }: IndexedFile,
  endpoint: string,
): FileToFetch {
  const path = fileKey(dataset, symbol, day);
  return {
    ...{ date: dateText(day), symbol, file_size_bytes: sizeBytes, last_modified: timeText(uploadedAt), reason },
    ...{ path, url: endpoint + keyPath(path), etag },
  };
}

function checksumOf(row: FileToFetch): FileToFetch {
  const none = { file_size_bytes: null, last_modified: null, etag: null };
  return { ...row, ...none, path: checksumKey(row.path), url: checksumKey(row.url) };
}

function absentCount({ cells }: Selected, fileCount: number): number | null {
  if (cells === undefined) return null;
  let count = 0;
  for (const ofDay of cells.values()) count += ofDay.size;
  return count - fileCount;
}

/** The bucket's name is the last part of its path-style URL. */
function bucketOf(listEndpoint: string): string {
  return new URL(listEndpoint).pathname.split("/").at(-1) ?? "";
}

/**
 * For a day, the first run that ended on it or later, whatever later runs say: a clock may have been behind. Killed runs
 * directly before it count too, because they have no end time and may have written after the day began.
 */
async function sinceOf(store: Store, since: { runId: number } | { day: Day }): Promise<Since> {
  if ("runId" in since) {
    const [run] = await readRows(
      store,
      `SELECT ${ms("started_at")} FROM runs WHERE run_id = $runId`,
      { at: "number" },
      since,
    );
    if (run !== undefined) return { runId: since.runId, time: run.at };
    const [last] = await readRows(store, "SELECT max(run_id) FROM runs", { id: "number?" });
    const runs = typeof last?.id === "number" ? `the last one is ${last.id}` : "there are no runs yet";
    throw new UsageError(`there is no run ${since.runId}; ${runs}`, { option: "since" });
  }
  const time = since.day * DAY_MS;
  const [found] = await readRows(
    store,
    `WITH first_run AS (
        SELECT coalesce(min(run_id) FILTER (ended_at >= $day::TIMESTAMP), max(run_id) + 1) AS id FROM runs)
      SELECT max(run_id) FROM runs, first_run WHERE run_id < first_run.id AND ended_at IS NOT NULL`,
    { id: "number?" },
    { day: formatDay(since.day) },
  );
  return { runId: (found?.id ?? 0) + 1, time };
}
