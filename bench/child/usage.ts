/**
 * Preloaded into a command (`node --import`) to tell the bench, on file descriptor 3, what the command used by its end:
 * nothing outside of a process can learn that of it on every system.
 */
import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/** What a process had used when it ended. */
export interface Usage {
  /** Most memory resident at once, MiB. */
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
