import { BfaError } from "../errors.js";
import { number, plural } from "../text/numbers.js";
import type { RunSummary } from "./summary.js";
import { volumesFailedText } from "./volumes-result.js";

/**
 * A run ended without an answer for every cell or volume file: its outcome is `failed`, `stopped-early` or
 * `interrupted`. All answers are written. The CLI exits with 1, or with 130 when it was interrupted.
 */
export class RunFailedError extends BfaError<"RUN_FAILED"> {
  /** What the run did, with its failures. */
  readonly summary: RunSummary;

  constructor(summary: RunSummary) {
    super("RUN_FAILED", messageOf(summary));
    this.summary = summary;
  }
}

function messageOf({ command, outcome, failed, probes, failures, volumes }: RunSummary): string {
  if (outcome === "interrupted") return `the ${command} was interrupted; run it again to continue`;
  if (outcome === "stopped-early") {
    return `the ${command} stopped early: ${number(failed)} of ${plural(probes, "probe")} failed, more than maxFailureRate allows`;
  }
  const ofVolumes = volumes === null || volumes.failures.length === 0 ? [] : [volumesFailedText(volumes)];
  if (failed === 0) return ofVolumes.join();
  const [first] = failures;
  const example = first === undefined ? "" : `, the first for ${first.symbol} on ${first.date} (${first.message})`;
  const all = plural(probes, "probe");
  const ofProbes = `${number(failed)} of ${all} of the ${command} failed${example}; these cells stay due`;
  return [ofProbes, ...ofVolumes].join(". ");
}
