import type { VolumesSummary } from "../../run/volumes.js";
import type { VolumeFailure, VolumesResult } from "../../run/volumes-result.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { duration } from "../../text/durations.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { bytes } from "../../text/sizes.js";
import { noPaint, paintWord, type Paint } from "./colour.js";
import { FAILURES_SHOWN, OUTCOME_WORDS, retriedLine } from "./summary.js";

const FAILURE_COLUMNS = {
  symbol: column("symbol", "whose file failed"),
  date: column("date", "first day of the file"),
  days: column("count", "days of the file"),
  key: optionalColumn("text", "key of the file in the bucket; of a listing there is none"),
  kind: column("text", "where it failed: as for probes, or content for a file that is not what it should be"),
  code: column("text", "finer than the kind: HTTP_503, CHECKSUM_WRONG, CSV_BAD_ROW"),
  message: column("text", "what went wrong"),
  cause: optionalColumn("text", "what lies below it, where anything is known"),
};

/** The summary as an answer: a row for each failure. */
export function volumesAnswer({ failures, ...facts }: VolumesSummary): Answer<object, typeof FAILURE_COLUMNS> {
  return { facts, rowsName: "failures", columns: FAILURE_COLUMNS, rows: [failures] };
}

/** The summary for people. */
export function volumesText(summary: VolumesSummary, paint: Paint = noPaint): string {
  const { phases } = summary;
  const symbols = plural(summary.symbol_count, "symbol");
  if (summary.outcome === "nothing-to-do") {
    return `volumes of ${symbols} through ${summary.through}: nothing to do, ${plural(summary.files_known, "file")} known`;
  }
  const outcome = paintWord(paint, OUTCOME_WORDS[summary.outcome]);
  return [
    `volumes of ${symbols} through ${summary.through}: ${outcome} in ${duration(summary.elapsed_ms)}`,
    ...resultLines(summary),
    `  ${plural(summary.requests, "request")} over ${plural(summary.connections_opened, "connection")}, ${number(summary.retries)} retries`,
    ...summary.retried.map(retriedLine),
    `  DNS ${ms(phases.dns_ms)}, planning ${ms(phases.plan_ms)}, fetching ${ms(phases.fetch_ms)}, writing ${ms(phases.write_ms)}`,
    ...failureLines(summary.failures),
  ].join("\n");
}

/** What was done about volumes, in lines. */
export function resultLines(result: VolumesResult): string[] {
  const lines = [
    `  ${plural(result.files_fetched, "file")} fetched (${bytes(result.file_bytes)}), ${number(result.files_known)} known, ${number(result.files_failed)} failed`,
    `  ${plural(result.rows_written, "bar")} of ${plural(result.units_written, "symbol")} written`,
  ];
  if (result.files_unverified > 0) {
    lines.push(`  ${number(result.files_unverified)} of the files without a checksum that vouches for them`);
  }
  if (result.difference_count > 0) {
    lines.push(
      `  ${plural(result.difference_count, "value")} of months' files differ from the days' (volume_differences)`,
    );
  }
  return lines;
}

/** The failures in one line, with the way on: what a person or a cron job must hear even when nothing else is said. */
export function volumesNotice({ failures, files_fetched }: VolumesSummary, retries: number): string {
  const [first] = failures;
  const example = first === undefined ? "" : `, the first: ${fileOf(first)}: ${printable(first.message)}`;
  const all = plural(files_fetched + failures.length, "file");
  return (
    `${number(failures.length)} of ${all} of volumes failed in spite of ${number(retries)} retries${example}. ` +
    "Their days stay unknown: run it again, or take files without a right checksum by --accept-unverified"
  );
}

function failureLines(failures: readonly VolumeFailure[]): string[] {
  const groups = new Map<string, VolumeFailure[]>();
  for (const failure of failures) {
    const name = `${failure.kind} ${failure.code}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [failure]);
    else group.push(failure);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .flatMap(([name, group]) => [
      `  ${number(group.length)} failed: ${name}: ${printable(group[0]?.message ?? "")}`,
      ...group.slice(0, FAILURES_SHOWN).map((failure) => `    ${fileOf(failure)}`),
      ...(group.length > FAILURES_SHOWN
        ? [`    and ${number(group.length - FAILURES_SHOWN)} more (--json has all)`]
        : []),
    ]);
}

function fileOf({ key, symbol }: VolumeFailure): string {
  return printable(key ?? `the listing of ${symbol}`);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
