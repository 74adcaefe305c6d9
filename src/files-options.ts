import type { DayInput } from "./calendar/day-input.js";
import { UsageError } from "./errors.js";
import { selectionOf } from "./files/file-request.js";
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
import { allowPartial } from "./query/arguments.js";

/** Selects files: each option narrows the selection. An undefined option counts as omitted. */
export interface FileSelection {
  /**
   * Only these symbols, of any contract type.
   *
   * @default all that `quote` and `contract` allow
   */
  symbols?: readonly string[] | undefined;
  /**
   * Only this UTC day.
   *
   * @default all days between `from` and `to`
   */
  date?: DayInput | undefined;
  /**
   * First UTC day.
   *
   * @default the first in the database
   */
  from?: DayInput | undefined;
  /**
   * Last UTC day. When omitted, unknown days are reported in `conditions` instead of being refused.
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
   * Which contracts, when no symbols are named; settled names count as perpetual.
   *
   * @default "perpetual"
   */
  contract?: "perpetual" | "delivery" | "all" | undefined;
  /**
   * Only these cells, for example the rows of a universe over time.
   *
   * @default all
   */
  universe?: readonly CellInput[] | undefined;
  /**
   * Whether the symbols of each date of the universe also apply to the days before its next date, and those of the last
   * date to all days up to `to`.
   *
   * @default false
   */
  hold?: boolean | undefined;
  /**
   * Answer even if some symbols were never probed: `true` for any number of them, or the maximum number.
   *
   * @default false
   */
  allowPartial?: boolean | number | undefined;
}

/** Options of `files`, a method of {@link Availability}. */
export interface FilesOptions extends FileSelection {
  /**
   * Only files found new, late or replaced: by the run with this number (see `runs` of `status`) and later ones, or by
   * runs that ended on this UTC day or later.
   *
   * @default all
   */
  since?: number | DayInput | undefined;
  /**
   * Only files that a verification found missing, stale, damaged or incomplete: its `files`.
   *
   * @default all
   */
  fromVerify?: readonly Pick<VerifiedFile, "date" | "symbol" | "problem">[] | undefined;
  /**
   * Whether to list checksum files too, each after its file.
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

/** Options of `verify`, a method of {@link Availability}. */
export interface VerifyOptions extends FileSelection {
  /**
   * Whether to read the files too and compare their md5, as far as the database knows it.
   *
   * @default false
   */
  md5?: boolean | undefined;
  /** Aborting it rejects the comparison with an InterruptedError. */
  signal?: AbortSignal | undefined;
}

/** Bounds of a run's number. */
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
  allowPartial: withDefault(allowPartial.read, 0),
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
  if (!isList) throw new UsageError("expected a list of objects with date and symbol", { option });
  return value as Record<string, unknown>[];
}
