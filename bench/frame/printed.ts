import type { Bench } from "./bench.js";

/** Size of a history that a printed bench builds. */
export interface HistorySize {
  symbols?: number;
  days?: number;
  /** Takes a line of the report. */
  print: (line: string) => void;
}

/** Days of a quick look; the full history otherwise. */
const QUICK_DAYS = 500;

/** A bench that says what it found in lines of its own, as notes: it has no sides to alternate. */
export function printedBench(run: (size: HistorySize) => Promise<void>): Bench {
  return async ({ quick }) => {
    const notes: string[] = [];
    await run({ ...(quick ? { days: QUICK_DAYS } : {}), print: (line) => notes.push(line) });
    return { comparisons: [], targets: [], notes };
  };
}
