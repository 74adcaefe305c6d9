import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Day } from "../calendar/day.js";
import { InterruptedError, UsageError } from "../errors.js";
import { CONDITION_FACTS } from "../query/basis.js";
import { listOf, type FactsOf } from "../query/facts.js";
import { dateText, timeText } from "../query/select.js";
import type { Store } from "../store/open.js";
import { column, optionalColumn, type RowOf } from "../text/columns.js";
import { findDownloads } from "./downloads.js";
import type { FolderFile } from "./folder.js";
import { indexedFiles, type IndexedFile } from "./listed.js";
import { select, type Selection } from "./selection.js";

/** What can be wrong with a file in a folder. */
export const PROBLEMS = ["missing", "stale", "damaged", "incomplete", "unknown"] as const;

/** What is wrong with a file in a folder; `missing` means that it isn't there. */
export type FileProblem = (typeof PROBLEMS)[number];

/** Columns of a file that differs from the index. */
export const VERIFIED_COLUMNS = {
  date: column("date", "day of the file; rows are ordered by date and symbol"),
  symbol: column("symbol", "symbol of the file"),
  problem: column(
    "text",
    "missing; stale: different size, or older than the upload; damaged: different md5; incomplete: aria2 hasn't finished it; unknown: not in the index",
  ),
  path: optionalColumn("text", "path below the folder; null when it is missing"),
  file_size_bytes: optionalColumn("bytes", "size according to the index; null when unknown"),
  size_in_folder: optionalColumn("bytes", "size in the folder; null when it is missing"),
  last_modified: optionalColumn("time", "upload time according to the index; null when unknown"),
  modified_in_folder: optionalColumn("time", "when the file was last modified; null when it is missing"),
};

/** Facts about a folder of downloads. */
export const VERIFICATION_FACTS = {
  folder: column("text", "the folder as given"),
  outcome: column("text", "`wrong` when there are rows, otherwise `whole`"),
  file_count: column("count", "files in the index"),
  good_count: column("count", "files in the folder that match the index"),
  missing_count: column("count", "files that are not in the folder"),
  stale_count: column("count", "files with a different size, or older than the upload"),
  damaged_count: column("count", "files with a different md5; 0 unless md5 was requested"),
  incomplete_count: column("count", "files that aria2 hasn't finished"),
  unknown_count: column("count", "files that are not in the index, or not in the bucket according to it"),
  unchecked_count: optionalColumn(
    "count",
    "good files whose md5 the index doesn't know; null unless md5 was requested",
  ),
  outside_count: column("count", "files in the folder outside the selection; they are not checked"),
  foreign_count: column("count", "files in the folder that don't belong to this dataset; they are not checked"),
  skipped: listOf("other entries of the folder, which are not checked", {
    path: column("text", "path below the folder"),
    why: column("text", "what it is"),
  }),
  ...CONDITION_FACTS,
};

/** A file that differs from the index. */
export type VerifiedFile = Omit<RowOf<typeof VERIFIED_COLUMNS>, "problem"> & { problem: FileProblem };

/** Facts about a verified folder. */
export type VerificationFacts = Omit<FactsOf<typeof VERIFICATION_FACTS>, "outcome"> & { outcome: "whole" | "wrong" };

/** Result of {@link verifyFolder}. */
export interface Verification {
  facts: VerificationFacts;
  rows: VerifiedFile[];
}

/** Options of {@link verifyFolder}. */
export interface VerifyFolderOptions extends Selection {
  /** Whether to read the files and compare their md5. */
  md5: boolean;
  /** Maximum number of unknown symbols. */
  tolerated: number;
  /** Aborting it ends the comparison. */
  signal: AbortSignal | undefined;
}

/**
 * Compares a folder of downloads with the index.
 *
 * @throws NotKnownError when too little is known about the selection; UsageError when the folder can't be read;
 *   StoreError, InterruptedError
 */
export async function verifyFolder(store: Store, folder: string, options: VerifyFolderOptions): Promise<Verification> {
  const { md5, tolerated, signal } = options;
  const selected = await select(store, options, tolerated, Date.now());
  const { byDay, foreignCount, skipped } = await findDownloads(folder, store.dataset, signal);
  const rows: VerifiedFile[] = [];
  const counts = { indexed: 0, good: 0, unchecked: 0, outside: 0 };
  const reportUnknown = (day: Day) => {
    for (const [symbol, files] of byDay.get(day) ?? []) {
      if (selected.has(symbol, day)) for (const file of files) rows.push(unknownRow(symbol, day, file));
      else counts.outside += files.length;
    }
    byDay.delete(day);
  };
  const verifyFile = async (indexed: IndexedFile) => {
    const { symbol, day } = indexed;
    counts.indexed++;
    const copies = byDay.get(day)?.get(symbol) ?? [];
    byDay.get(day)?.delete(symbol);
    if (copies.length === 0) rows.push(rowOf(indexed, "missing", undefined));
    for (const copy of copies) {
      const problem = await problemOf(folder, indexed, copy, md5);
      if (problem !== undefined) rows.push(rowOf(indexed, problem, copy));
      else {
        counts.good++;
        if (md5 && indexed.etag === null) counts.unchecked++;
      }
    }
  };
  for await (const { days, files } of indexedFiles(store, selected, undefined)) {
    for (const file of files) {
      if (signal?.aborted === true) break;
      await verifyFile(file);
    }
    for (let day = days.from; day <= days.to; day++) reportUnknown(day);
    if (signal?.aborted === true) throw new InterruptedError("interrupted before the folder was compared");
  }
  for (const day of byDay.keys()) reportUnknown(day);
  rows.sort((a, b) => (a.date === b.date ? compareTexts(a.symbol, b.symbol) : compareTexts(a.date, b.date)));
  const count = (problem: FileProblem) => rows.filter((row) => row.problem === problem).length;
  return {
    facts: {
      ...{
        folder,
        outcome: rows.length === 0 ? "whole" : "wrong",
        file_count: counts.indexed,
        good_count: counts.good,
      },
      ...{ missing_count: count("missing"), stale_count: count("stale"), damaged_count: count("damaged") },
      ...{ incomplete_count: count("incomplete"), unknown_count: count("unknown") },
      ...{ unchecked_count: md5 ? counts.unchecked : null, outside_count: counts.outside },
      ...{ foreign_count: foreignCount, skipped },
      ...selected.facts,
    },
    rows,
  };
}

/** The coarsest time resolution of a file system, ms: that of FAT. */
const TIME_STEP_MS = 2000;

async function problemOf(
  folder: string,
  { sizeBytes, uploadedAt, etag }: IndexedFile,
  copy: FolderFile,
  md5: boolean,
): Promise<FileProblem | undefined> {
  if (copy.isIncomplete) return "incomplete";
  if (copy.sizeBytes !== sizeBytes || copy.modifiedAt < uploadedAt - TIME_STEP_MS) return "stale";
  if (md5 && etag !== null && (await md5Start(join(folder, copy.path))) !== etag) return "damaged";
  return undefined;
}

/** First 8 bytes of a file's md5 in hexadecimal. The flags guard against a link or pipe that has replaced the file. */
async function md5Start(path: string): Promise<string> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return createHash("md5")
        .update(await handle.readFile())
        .digest("hex")
        .slice(0, 16);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} can't be read: ${reason}`, { cause: error });
  }
}

function rowOf(
  { symbol, day, sizeBytes, uploadedAt }: IndexedFile,
  problem: FileProblem,
  copy?: FolderFile,
): VerifiedFile {
  return {
    ...{ date: dateText(day), symbol, problem, path: copy?.path ?? null, file_size_bytes: sizeBytes },
    ...{ size_in_folder: copy?.sizeBytes ?? null, last_modified: timeText(uploadedAt) },
    modified_in_folder: copy === undefined ? null : wholeSecond(copy.modifiedAt),
  };
}

function unknownRow(symbol: string, day: Day, { path, sizeBytes, modifiedAt }: FolderFile): VerifiedFile {
  return {
    ...{ date: dateText(day), symbol, problem: "unknown", path, file_size_bytes: null, size_in_folder: sizeBytes },
    ...{ last_modified: null, modified_in_folder: wholeSecond(modifiedAt) },
  };
}

function wholeSecond(ms: number): string {
  return timeText(Math.floor(ms / 1000) * 1000);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
