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

/** What can be wrong with a file of a folder. */
export const PROBLEMS = ["missing", "stale", "damaged", "incomplete", "unknown"] as const;

/** What is wrong with a file of a folder; `missing` is one that isn't there. */
export type FileProblem = (typeof PROBLEMS)[number];

/** Columns of a file that is not as the index has it. */
export const VERIFIED_COLUMNS = {
  date: column("date", "day of the file; the rows are in order of date and symbol"),
  symbol: column("symbol", "symbol of the file"),
  problem: column(
    "text",
    "missing; stale: another size, or older than the upload; damaged: another md5; incomplete: aria2 is not done with it; unknown: not in the index",
  ),
  path: optionalColumn("text", "path below the folder; null when it is missing"),
  file_size_bytes: optionalColumn("bytes", "size by the index; null when it is unknown"),
  size_in_folder: optionalColumn("bytes", "size in the folder; null when it is missing"),
  last_modified: optionalColumn("time", "upload time by the index; null when it is unknown"),
  modified_in_folder: optionalColumn("time", "when the file was last written; null when it is missing"),
};

/** Facts about a folder of downloads. */
export const VERIFICATION_FACTS = {
  folder: column("text", "the folder, as it was named"),
  outcome: column("text", "`whole`, or `wrong` when there is a row"),
  file_count: column("count", "files that the index has"),
  good_count: column("count", "files of the folder that are as the index has them"),
  missing_count: column("count", "files that are not in the folder"),
  stale_count: column("count", "files with another size, or older than the upload"),
  damaged_count: column("count", "files with another md5; 0 unless that was asked"),
  incomplete_count: column("count", "files that aria2 is not done with"),
  unknown_count: column("count", "files that the index knows not to be in the bucket, or doesn't know"),
  unchecked_count: optionalColumn("count", "good files whose md5 the index doesn't know; null unless that was asked"),
  outside_count: column("count", "files of the folder that were not asked about; they are not looked at"),
  foreign_count: column("count", "files of the folder that are not of this dataset; they are not looked at"),
  skipped: listOf("what else is in the folder and not looked at", {
    path: column("text", "path below the folder"),
    why: column("text", "what it is"),
  }),
  ...CONDITION_FACTS,
};

/** A file that is not as the index has it. */
export type VerifiedFile = Omit<RowOf<typeof VERIFIED_COLUMNS>, "problem"> & { problem: FileProblem };

/** Facts about a folder of downloads. */
export type VerificationFacts = Omit<FactsOf<typeof VERIFICATION_FACTS>, "outcome"> & { outcome: "whole" | "wrong" };

/** What {@link verifyFolder} gives. */
export interface Verification {
  facts: VerificationFacts;
  rows: VerifiedFile[];
}

/** What a folder is compared with, and how. */
export interface VerifyFolderOptions extends Selection {
  /** Whether files are read and their md5 compared. */
  md5: boolean;
  /** Number of symbols that may be unknown. */
  tolerated: number;
  /** Aborting it ends the comparison. */
  signal: AbortSignal | undefined;
}

/**
 * Compares a folder of downloads with the index.
 *
 * @throws NotKnownError when too little is known of what was asked; UsageError when the folder can't be read; StoreError,
 *   InterruptedError
 */
export async function verifyFolder(store: Store, folder: string, options: VerifyFolderOptions): Promise<Verification> {
  const { md5, tolerated, signal } = options;
  const selected = await select(store, options, tolerated, Date.now());
  const { byDay, foreignCount, skipped } = await findDownloads(folder, store.dataset, signal);
  const rows: VerifiedFile[] = [];
  const counts = { indexed: 0, good: 0, unchecked: 0, outside: 0 };
  const unknown = (day: Day) => {
    for (const [symbol, files] of byDay.get(day) ?? []) {
      if (selected.has(symbol, day)) for (const file of files) rows.push(unknownRow(symbol, day, file));
      else counts.outside += files.length;
    }
    byDay.delete(day);
  };
  const judge = async (indexed: IndexedFile) => {
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
      await judge(file);
    }
    for (let day = days.from; day <= days.to; day++) unknown(day);
    if (signal?.aborted === true) throw new InterruptedError("interrupted before the folder was compared");
  }
  for (const day of byDay.keys()) unknown(day);
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

/** The coarsest times that a file system keeps, ms: FAT's. */
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

/** First 8 bytes of the md5 of a file in hexadecimal. What was a file when it was found may be a link or a pipe by now. */
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
