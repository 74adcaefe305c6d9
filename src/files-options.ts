import type { DayInput } from "./calendar/day-input.js";
import { UsageError } from "./errors.js";
import { selectionOf } from "./files/asked.js";
import { cellList, cellsToFetch, type CellInput } from "./files/cells.js";
import { DOWNLOAD_FORMATS } from "./files/download-formats.js";
import type { FileListOptions } from "./files/list.js";
import type { VerifiedFile, VerifyFolderOptions } from "./files/verify.js";
import {
  checkChoice,
  checkDay,
  checkFlag,
  checkSignal,
  checkSymbols,
  checkText,
  checkUrl,
  checkWhole,
} from "./options/checks.js";
import { optional, readOptions, withDefault, type ChecksOf } from "./options/read-options.js";
import { tolerance } from "./query/arguments.js";

/** Which files are meant: each option that is given narrows it. One that is undefined counts as left out. */
export interface FileSelection {
  /**
   * Only these symbols, of whatever contract.
   *
   * @default all that `quote` and `contract` admit
   */
  symbols?: readonly string[] | undefined;
  /**
   * Only this UTC day.
   *
   * @default all from `from` to `to`
   */
  date?: DayInput | undefined;
  /**
   * First UTC day.
   *
   * @default the first in the database
   */
  from?: DayInput | undefined;
  /**
   * Last UTC day. When it is left out, days that are not known are told of in `conditions` instead of refused.
   *
   * @default the last in the database
   */
  to?: DayInput | undefined;
  /**
   * Only symbols with this quote asset.
   *
   * @default all
   */
  quote?: string | undefined;
  /**
   * Which contracts, where no symbols are named; settled names count as perpetual.
   *
   * @default "perpetual"
   */
  contract?: "perpetual" | "delivery" | "all" | undefined;
  /**
   * Only these cells, such as the rows of a universe over time.
   *
   * @default all
   */
  universe?: readonly CellInput[] | undefined;
  /**
   * Whether the symbols of each date of the universe are meant on the days until its next date too, and those of the last
   * until `to`.
   *
   * @default false
   */
  hold?: boolean | undefined;
  /**
   * Answer although symbols were never probed: any number of them, or at most so many.
   *
   * @default false
   */
  allowPartial?: boolean | number | undefined;
}

/** Options of the `files` of an open file. */
export interface FilesOptions extends FileSelection {
  /**
   * Only what was found new, late or replaced: by the run of this number (`runs` of `status`) and later ones, or by runs
   * that ended on this UTC day or later.
   *
   * @default all
   */
  since?: number | DayInput | undefined;
  /**
   * Only what a verification found missing, stale, damaged or incomplete: its `files`.
   *
   * @default all
   */
  fromVerify?: readonly Pick<VerifiedFile, "date" | "symbol" | "problem">[] | undefined;
  /**
   * Whether checksum files are listed too, each after its file.
   *
   * @default false
   */
  checksums?: boolean | undefined;
  /**
   * Server of the URLs.
   *
   * @default the one that filled the database
   */
  endpoint?: string | undefined;
}

/** Options of the `verify` of an open file. */
export interface VerifyOptions extends FileSelection {
  /**
   * Whether files are read too, and the part of their md5 compared that the index has.
   *
   * @default false
   */
  md5?: boolean | undefined;
  /** Aborting it ends the comparison with an InterruptedError. */
  signal?: AbortSignal | undefined;
}

/** Bounds of the number of a run. */
const checkRun = checkWhole([1, 999_999_999]);

const SELECTION_CHECKS = {
  symbols: optional(checkSymbols),
  date: optional(checkDay),
  from: optional(checkDay),
  to: optional(checkDay),
  quote: optional(checkText),
  contract: optional(checkChoice(["perpetual", "delivery", "all"])),
  universe: optional((option, value) => cellList(option, checkRows(option, value))),
  hold: optional(checkFlag),
  allowPartial: withDefault(tolerance("").read, 0),
} satisfies ChecksOf<FileSelection>;

/** @throws UsageError */
export function readFilesOptions(options: FilesOptions): FileListOptions {
  const { since, fromVerify, checksums, endpoint, allowPartial, ...selection } = readOptions(options, {
    ...SELECTION_CHECKS,
    since: optional((option, value) =>
      typeof value === "number" ? { runId: checkRun(option, value) } : { day: checkDay(option, value) },
    ),
    fromVerify: optional((option, value) => cellsToFetch(option, checkRows(option, value))),
    checksums: withDefault(checkFlag, false),
    endpoint: optional(checkUrl("with path")),
  } satisfies ChecksOf<FilesOptions>);
  const tolerated = allowPartial;
  return { ...selectionOf({ ...selection, fromVerify }), tolerated, since, checksums, endpoint };
}

/** @throws UsageError */
export function readVerifyOptions(options: VerifyOptions): VerifyFolderOptions {
  const { md5, signal, allowPartial, ...selection } = readOptions(options, {
    ...SELECTION_CHECKS,
    md5: withDefault(checkFlag, false),
    signal: optional(checkSignal),
  } satisfies ChecksOf<VerifyOptions>);
  return { ...selectionOf({ ...selection, fromVerify: undefined }), tolerated: allowPartial, md5, signal };
}

/** @throws UsageError */
export const checkDownloadFormat = checkChoice(DOWNLOAD_FORMATS);

function checkRows(option: string, value: unknown): Readonly<Record<string, unknown>>[] {
  const isList = Array.isArray(value) && value.every((row: unknown) => typeof row === "object" && row !== null);
  if (!isList) throw new UsageError("a list of objects with date and symbol is wanted", { option });
  return value as Record<string, unknown>[];
}
