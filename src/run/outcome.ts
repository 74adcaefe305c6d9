import type { RunOutcome as JournalOutcome } from "../store/runs.js";

/**
 * How a run ended:
 *
 * | outcome         |                                                                            |
 * | --------------- | -------------------------------------------------------------------------- |
 * | `whole`         | every cell was answered                                                    |
 * | `nothing-to-do` | no cell was due                                                            |
 * | `failed`        | some cells failed; the others are written                                  |
 * | `stopped-early` | more failed than `maxFailureRate` allows, so that the rest was not probed  |
 * | `interrupted`   | the signal came before every cell was answered                             |
 */
export type RunOutcome = "whole" | "nothing-to-do" | "failed" | "stopped-early" | "interrupted";

/** How a run ended, from what was planned and what was done. */
export function outcomeOf(run: {
  aborted: boolean;
  /** Whether too much failed. */
  stopped: boolean;
  /** Cells planned. */
  cellCount: number;
  /** Cells answered or failed. */
  probes: number;
  failed: number;
}): RunOutcome {
  const unfinished = run.probes < run.cellCount;
  if (run.aborted && (unfinished || run.cellCount === 0)) return "interrupted";
  if (run.stopped && unfinished) return "stopped-early";
  if (run.cellCount === 0) return "nothing-to-do";
  return run.failed > 0 ? "failed" : "whole";
}

/** The word of the journal, which has fewer. */
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
