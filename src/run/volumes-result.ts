import { formatDay, type Day } from "../calendar/day.js";
import type { Counts } from "../rows/counters.js";
import type { CellFailure } from "../rows/failure.js";
import type { VolumeTotals } from "../store/volumes/session.js";
import { number, plural } from "../text/numbers.js";
import { describeFailure, type RunFailure } from "./failure.js";
import type { RunOutcome } from "./outcome.js";

/** Counts of fetching volumes. */
export interface VolumeCounts {
  /** Symbols whose folders were listed and whose new files were requested. */
  symbols_asked: number;
  /** Files fetched and read. */
  files_fetched: number;
  files_failed: number;
  /** Listed files that were already stored unchanged. */
  files_known: number;
  /** Fetched files that no checksum verifies. */
  files_unverified: number;
  /** Bytes of the zips. */
  file_bytes: number;
}

/** The counters in the form of events and summaries. */
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

/** A volume file that failed, or the LIST of a symbol's files. */
export interface VolumeFailure extends RunFailure {
  /** Key of the file in the bucket; null for a LIST. */
  key: string | null;
}

/** A failure with symbols and dates instead of indexes and day numbers. */
export function describeVolumeFailure(failure: CellFailure, symbols: readonly string[]): VolumeFailure {
  return { ...describeFailure(failure, symbols), key: failure.key ?? null };
}

/** Result of fetching volumes. */
export interface VolumesResult extends VolumeCounts {
  /** The last requested day, YYYY-MM-DD. */
  through: string;
  /** Bars written. */
  rows_written: number;
  /** Symbols for which something was written. */
  units_written: number;
  /** Values that differ between monthly and daily files; see `volume_differences`. */
  difference_count: number;
  failures: VolumeFailure[];
}

/** Internal result of fetching volumes. */
export interface VolumesDone {
  through: Day;
  counts: Counts;
  written: VolumeTotals;
  failures: VolumeFailure[];
  /** Whether the signal was aborted before all symbols were requested. */
  interrupted: boolean;
  fetchMs: number;
}

/** How fetching volumes ended. */
export function volumesOutcome({ interrupted, failures, written }: VolumesDone): RunOutcome {
  if (interrupted) return "interrupted";
  if (failures.length > 0) return "failed";
  return written.unitsWritten === 0 ? "nothing-to-do" : "whole";
}

/** The result in the form of summaries. */
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

/** The failures in one sentence, for an error message. */
export function volumesFailedText({
  failures,
  files_fetched,
}: Pick<VolumesResult, "failures" | "files_fetched">): string {
  const [first] = failures;
  const example = first === undefined ? "" : `, the first for ${first.key ?? first.symbol} (${first.message})`;
  const all = plural(files_fetched + failures.length, "volume file");
  return `${number(failures.length)} of ${all} failed${example}; their days stay unknown`;
}
