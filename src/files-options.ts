import type { DayInput } from "./calendar/day-input.js";
import { UsageError } from "./errors.js";
import { selectionOf } from "./files/asked.js";
import { cellList, cellsToFetch, type CellInput, type CellList } from "./files/cells.js";
import { DOWNLOAD_FORMATS, type DownloadFormatName } from "./files/download-formats.js";
import type { FileListOptions } from "./files/list.js";
import type { VerifiedFile, VerifyFolderOptions } from "./files/verify.js";
import { tolerance } from "./query/arguments.js";
import {
  checkChoice,
  checkDay,
  checkFlag,
  checkOptions,
  checkSignal,
  checkSymbols,
  checkText,
  checkUrl,
  checkWhole,
  optional,
  refuseUnknown,
} from "./run/checks.js";

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

const partial = tolerance("");

/** Bounds of the number of a run. */
const RUN_BOUNDS = [1, 999_999_999] as const;

/** @throws UsageError */
export function readFilesOptions(options: FilesOptions): FileListOptions {
  const { since, fromVerify, checksums, endpoint, ...selection } = checkOptions(options);
  const verified = optional(fromVerify, (value) => cellsToFetch("fromVerify", checkRows("fromVerify", value)));
  return {
    ...readSelection(selection, verified),
    since: optional(since, (value) =>
      typeof value === "number" ? { runId: checkWhole("since", value, RUN_BOUNDS) } : { day: checkDay("since", value) },
    ),
    checksums: optional(checksums, (value) => checkFlag("checksums", value)) ?? false,
    endpoint: optional(endpoint, (value) => checkUrl("endpoint", value, "with path")),
  };
}

/** @throws UsageError */
export function readVerifyOptions(options: VerifyOptions): VerifyFolderOptions {
  const { md5, signal, ...selection } = checkOptions(options);
  return {
    ...readSelection(selection, undefined),
    md5: optional(md5, (value) => checkFlag("md5", value)) ?? false,
    signal: optional(signal, (value) => checkSignal("signal", value)),
  };
}

/** @throws UsageError */
export function readDownloadFormat(format: unknown): DownloadFormatName {
  return checkChoice("format", format, DOWNLOAD_FORMATS);
}

function readSelection(options: FileSelection, fromVerify: CellList | undefined) {
  const { symbols, date, from, to, quote, contract, universe, hold, allowPartial, ...unknown } = options;
  refuseUnknown(unknown);
  const day = (option: string, value: unknown) => optional(value, (given) => checkDay(option, given));
  return {
    ...selectionOf({
      symbols: optional(symbols, (value) => checkSymbols("symbols", value)),
      ...{ date: day("date", date), from: day("from", from), to: day("to", to) },
      quote: optional(quote, (value) => checkText("quote", value)),
      contract: optional(contract, (value) => checkChoice("contract", value, ["perpetual", "delivery", "all"])),
      universe: optional(universe, (value) => cellList("universe", checkRows("universe", value))),
      hold: optional(hold, (value) => checkFlag("hold", value)),
      fromVerify,
    }),
    tolerated: optional(allowPartial, (value) => partial.read("allowPartial", value)) ?? 0,
  };
}

function checkRows(option: string, value: unknown): Readonly<Record<string, unknown>>[] {
  const isList = Array.isArray(value) && value.every((row: unknown) => typeof row === "object" && row !== null);
  if (!isList) throw new UsageError("a list of objects with date and symbol is wanted", { option });
  return value as Record<string, unknown>[];
}
