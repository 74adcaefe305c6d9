import type { RunOutcome as JournalOutcome } from "../store/runs.js";

/**
 * How a run ended:
 *
 * | outcome         |                                                                            |
 * | --------------- | -------------------------------------------------------------------------- |
 * | `whole`         | all cells were answered, and all volume files were read                    |
 * | `nothing-to-do` | no cell was due, and no volume file was new                                |
 * | `failed`        | some cells or files failed; the others are written                         |
 * | `stopped-early` | more failed than `maxFailureRate` allows, so the rest was not probed       |
 * | `interrupted`   | the signal was aborted before everything was done                          |
 */
export type RunOutcome = "whole" | "nothing-to-do" | "failed" | "stopped-early" | "interrupted";

/** The outcome of a run, from what was planned and what was done. */
export function outcomeOf(run: {
  aborted: boolean;
  /** Whether too many cells failed. */
  stopped: boolean;
  /** Cells planned. */
  cellCount: number;
  /** Cells answered or failed. */
  probes: number;
  failed: number;
  /** How fetching volumes ended; `nothing-to-do` when none were to be fetched. */
  volumes: RunOutcome;
}): RunOutcome {
  const unfinished = run.probes < run.cellCount;
  if (run.aborted && (unfinished || run.cellCount === 0 || run.volumes === "interrupted")) return "interrupted";
  if (run.stopped && unfinished) return "stopped-early";
  if (run.failed > 0 || run.volumes === "failed") return "failed";
  return run.cellCount === 0 ? run.volumes : "whole";
}

/** The corresponding outcome in the journal, which distinguishes fewer. */
export function journalOutcome(outcome: RunOutcome): JournalOutcome {
  switch (outcome) {
    case "whole":
    case "nothing-to-do":
      return "whole";
    case "failed":
    case "stopped-early":
      return "failed";
    case "interrupted":
      return "interrupted";
  }
}
