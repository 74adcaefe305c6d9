import { formatDay, type Day } from "../calendar/day.js";
import type { Counts } from "../rows/counters.js";
import type { CellFailure } from "../rows/failure.js";
import type { VolumeTotals } from "../store/volumes/session.js";
import { describeFailure, type RunFailure } from "./failure.js";
import type { RunOutcome } from "./outcome.js";

/** What is counted while volumes are fetched. */
export interface VolumeCounts {
  /** Symbols whose folders were listed and whose new files were asked for. */
  symbols_asked: number;
  /** Files fetched and read. */
  files_fetched: number;
  files_failed: number;
  /** Listed files that were stored as they are. */
  files_known: number;
  /** Files taken without a checksum that vouches for them; they are among those fetched. */
  files_unverified: number;
  /** Bytes of the zips. */
  file_bytes: number;
}

/** The counters as events and summaries name them. */
export function volumeCounts(counts: Counts): VolumeCounts {
  return {
    symbols_asked: counts.symbolsAsked,
    files_fetched: counts.filesFetched,
    files_failed: counts.filesFailed,
    files_known: counts.filesKnown,
    files_unverified: counts.filesUnverified,
    file_bytes: counts.fileBytes,
  };
}

/** A file of volumes that failed, or the listing of a symbol's files. */
export interface VolumeFailure extends RunFailure {
  /** Key of the file in the bucket; null for a listing. */
  key: string | null;
}

/** A failure with names and dates in place of indexes and day numbers. */
export function describeVolumeFailure(failure: CellFailure, symbols: readonly string[]): VolumeFailure {
  return { ...describeFailure(failure, symbols), key: failure.key ?? null };
}

/** What was done about volumes. */
export interface VolumesResult extends VolumeCounts {
  /** The last day asked for, YYYY-MM-DD. */
  through: string;
  /** Bars written. */
  rows_written: number;
  /** Symbols of which something was written. */
  units_written: number;
  /** Values in which a month's file and a day's disagree; `volume_differences` has them. */
  difference_count: number;
  failures: VolumeFailure[];
}

/** What fetching came to. */
export interface VolumesDone {
  through: Day;
  counts: Counts;
  written: VolumeTotals;
  failures: VolumeFailure[];
  /** Whether the signal came before every symbol was asked for. */
  interrupted: boolean;
  fetchMs: number;
}

/** How fetching volumes ended. */
export function volumesOutcome({ interrupted, failures, written }: VolumesDone): RunOutcome {
  if (interrupted) return "interrupted";
  if (failures.length > 0) return "failed";
  return written.unitsWritten === 0 ? "nothing-to-do" : "whole";
}

/** The result as summaries show it. */
export function volumesResult({ through, counts, written, failures }: VolumesDone): VolumesResult {
  return {
    through: formatDay(through),
    ...volumeCounts(counts),
    rows_written: written.rowsWritten,
    units_written: written.unitsWritten,
    difference_count: written.differences,
    failures,
  };
}

/** The failures in a sentence, for an error's message. */
export function volumesFailedText({
  failures,
  files_fetched,
}: Pick<VolumesResult, "failures" | "files_fetched">): string {
  const [first] = failures;
  const example = first === undefined ? "" : `, the first for ${first.key ?? first.symbol} (${first.message})`;
  return `${failures.length} of ${files_fetched + failures.length} files of volumes failed${example}; their days stay unknown`;
}
