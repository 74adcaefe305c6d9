/**
 * Preloaded into a command (`node --import`) to report to the bench, on file descriptor 3, what the command used by its
 * end. No system-independent way exists to measure this from outside the process.
 */
import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/** What a process had used when it ended. */
export interface Usage {
  /** Peak resident memory, MiB. */
  peakMiB: number;
  cpuSeconds: number;
}

if (isMainThread) {
  process.once("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage: Usage = { peakMiB: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
    writeSync(3, JSON.stringify(usage));
  });
}
