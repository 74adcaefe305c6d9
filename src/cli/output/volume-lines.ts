import type { VolumeFailure, VolumesResult } from "../../run/volumes-result.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { bytes } from "../../text/sizes.js";
import { despiteRetries, failureLines } from "./failures.js";

/** A summary of fetched volumes, in lines. */
export function volumeLines(result: VolumesResult): string[] {
  const lines = [
    `  ${plural(result.files_fetched, "file")} fetched (${bytes(result.file_bytes)}), ${number(result.files_known)} known, ${number(result.files_failed)} failed`,
    `  ${plural(result.rows_written, "bar")} of ${plural(result.units_written, "symbol")} written`,
  ];
  if (result.files_unverified > 0) {
    lines.push(`  ${number(result.files_unverified)} of the files without a verified checksum`);
  }
  if (result.difference_count > 0) {
    lines.push(
      `  ${plural(result.difference_count, "difference")} between monthly and daily files (volume_differences)`,
    );
  }
  return lines;
}

/** The failures in one line with advice, shown to a person or a cron job even with --quiet. */
export function volumesNotice({ failures, files_fetched }: VolumesResult, retries: number): string {
  const [first] = failures;
  const example = first === undefined ? "" : `, the first: ${fileOf(first)}: ${printable(first.message)}`;
  const all = plural(files_fetched + failures.length, "volume file");
  const unverified = failures.some(({ code }) => code.startsWith("CHECKSUM_"))
    ? ", or accept files without a valid checksum with bfa volumes --accept-unverified"
    : "";
  return (
    `${number(failures.length)} of ${all} failed${despiteRetries(failures, retries)}${example}. ` +
    `Their days stay unknown: run it again${unverified}`
  );
}

/** The failed files, in lines. */
export function volumeFailureLines(failures: readonly VolumeFailure[]): string[] {
  return failureLines(failures, fileOf);
}

function fileOf({ key, symbol }: VolumeFailure): string {
  return printable(key ?? `the LIST of ${symbol}`);
}
