import type { VolumesSummary } from "../../run/volumes.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { duration } from "../../text/durations.js";
import { plural } from "../../text/numbers.js";
import { noPaint, paintWord, type Paint } from "./colour.js";
import { OUTCOME_WORDS, retriedLine } from "./summary.js";
import { volumeFailureLines, volumeLines, volumesNotice } from "./volume-lines.js";

const FAILURE_COLUMNS = {
  symbol: column("symbol", "symbol whose file failed"),
  date: column("date", "first day of the file"),
  days: column("count", "number of days in the file"),
  key: optionalColumn("text", "key of the file in the bucket; null for a LIST"),
  kind: column("text", "where it failed: as for probes, or content for a file with invalid content"),
  code: column("text", "more specific than the kind: HTTP_503, CHECKSUM_WRONG, CSV_BAD_ROW"),
  message: column("text", "what went wrong"),
  cause: optionalColumn("text", "underlying errors, if known"),
};

/** The summary as an answer: a row for each failure. */
export function volumesAnswer({ failures, ...facts }: VolumesSummary): Answer<object, typeof FAILURE_COLUMNS> {
  return { facts, rowsName: "failures", columns: FAILURE_COLUMNS, rows: [failures] };
}

/** The failures in one line; no line when there are none. */
export function volumesNotices(summary: VolumesSummary, retries: number): string[] {
  return summary.failures.length === 0 ? [] : [volumesNotice(summary, retries)];
}

/** The summary as text. */
export function volumesText(summary: VolumesSummary, paint: Paint = noPaint): string {
  const { phases } = summary;
  const symbols = plural(summary.symbol_count, "symbol");
  if (summary.outcome === "nothing-to-do") {
    return `volumes of ${symbols} through ${summary.through}: nothing to do, ${plural(summary.files_known, "file")} known`;
  }
  const outcome = paintWord(paint, OUTCOME_WORDS[summary.outcome]);
  return [
    `volumes of ${symbols} through ${summary.through}: ${outcome} in ${duration(summary.elapsed_ms)}`,
    ...volumeLines(summary),
    `  ${plural(summary.requests, "request")} over ${plural(summary.connections_opened, "connection")}, ${plural(summary.retries, "retry", "retries")}`,
    ...summary.retried.map(retriedLine),
    `  DNS ${duration(phases.dns_ms)}, planning ${duration(phases.plan_ms)}, fetching ${duration(phases.fetch_ms)}, writing ${duration(phases.write_ms)}`,
    ...volumeFailureLines(summary.failures),
  ].join("\n");
}
