import type { Threads } from "../threads/threads.js";
import { BREAKER_CELLS } from "./defaults.js";
import type { ProbeSettings } from "./settings.js";

/** Stops a run whose cells fail too often. */
export interface Breaker {
  /** Whether too many cells have failed. */
  readonly isOpen: boolean;
  /** Whether nothing more may begin: too many cells have failed, or the signal is aborted. */
  shouldStop(): boolean;
}

/** The breaker of a run. When it opens, it stops all probers before their next request. */
export function breakerOf(
  { signal, maxFailureRate }: Pick<ProbeSettings, "signal" | "maxFailureRate">,
  threads: Pick<Threads, "counters" | "abandon">,
): Breaker {
  let isOpen = false;
  return {
    get isOpen() {
      return isOpen;
    },
    shouldStop: () => {
      if (isOpen || signal?.aborted === true) return true;
      const { cells, failed } = threads.counters.read();
      if (cells < BREAKER_CELLS || failed <= maxFailureRate * cells) return false;
      isOpen = true;
      threads.abandon();
      return true;
    },
  };
}
