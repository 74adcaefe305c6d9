import { createRequire, syncBuiltinESMExports } from "node:module";
import { fileURLToPath } from "node:url";
import type * as WorkerThreads from "node:worker_threads";

/** Path of the file that a child process or thread preloads to use the model's clock. */
export const CLOCK_PRELOAD = fileURLToPath(new URL("clock.cjs", import.meta.url));

/** The clock of the simulated machine, as seen by all threads of this process. */
export interface MachineClock {
  /** Sets the time, ms since the Unix epoch; it stands still until the next call. */
  set(ms: number): void;
  /** Restores the process's own clock. */
  uninstall(): void;
}

const require = createRequire(import.meta.url);

/** Stops this process's clock at a time, and makes each thread started later preload the same clock. */
export function installClock(start: number): MachineClock {
  const { install } = require("./clock.cjs") as { install: (start: number) => MachineClock };
  const threads = require("node:worker_threads") as { Worker: typeof WorkerThreads.Worker };
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(filename: string | URL, options: WorkerThreads.WorkerOptions = {}) {
      super(filename, { ...options, execArgv: ["--require", CLOCK_PRELOAD] });
    }
  };
  syncBuiltinESMExports();
  const clock = install(start);
  return {
    set: (ms) => {
      clock.set(ms);
    },
    uninstall: () => {
      clock.uninstall();
      threads.Worker = Worker;
      syncBuiltinESMExports();
    },
  };
}
