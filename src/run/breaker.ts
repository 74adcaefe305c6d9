import type { Threads } from "../threads/threads.js";
import { BREAKER_CELLS, BREAKER_SYMBOLS } from "./defaults.js";
import type { ProbeSettings } from "./settings.js";
import type { Step } from "./step.js";

/** Stops a run whose cells fail too often. */
export interface Breaker {
  /** Whether too many cells have failed. */
  readonly isOpen: boolean;
  /** Begins to count for a step of the run, in which what failed in the steps before says nothing. */
  begin(step: Pick<Step, "source" | "unitCount">): void;
  /** Counts a symbol as failed: some of its cells have. */
  fail(symbolIndex: number): void;
  /** Whether nothing more may begin: too many cells have failed, or the signal is aborted. */
  shouldStop(): boolean;
}

/** The breaker of a run. When it opens, it stops all probers before their next request. */
export function breakerOf(
  { signal, maxFailureRate }: Pick<ProbeSettings, "signal" | "maxFailureRate">,
  threads: Pick<Threads, "counters" | "abandon">,
): Breaker {
  let isOpen = false;
  let before = { cells: 0, failed: 0 };
  /** Number of failed symbols up to which a step goes on. By HEAD each cell has an answer of its own. */
  let symbolsAllowed = -1;
  const failedSymbols = new Set<number>();
  return {
    get isOpen() {
      return isOpen;
    },
    begin: ({ source, unitCount }) => {
      before = threads.counters.read();
      // By LIST all cells of a symbol fail together and at once, before most others are answered: thousands of cells
      // may be one answer. So the failed symbols are compared with all that the step lists.
      symbolsAllowed = source === "list" ? maxFailureRate * Math.max(unitCount, BREAKER_SYMBOLS) : -1;
      failedSymbols.clear();
    },
    fail: (symbolIndex) => failedSymbols.add(symbolIndex),
    shouldStop: () => {
      if (isOpen || signal?.aborted === true) return true;
      const now = threads.counters.read();
      const cells = now.cells - before.cells;
      const failed = now.failed - before.failed;
      if (cells < BREAKER_CELLS || failed <= maxFailureRate * cells) return false;
      if (failedSymbols.size <= symbolsAllowed) return false;
      isOpen = true;
      threads.abandon();
      return true;
    },
  };
}
