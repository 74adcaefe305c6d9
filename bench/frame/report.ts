import type { BenchResult } from "./bench.js";
import type { Machine } from "./machine.js";

/** All results of one `bfa bench`. */
export interface Report {
  /** Start time, ISO 8601. */
  date: string;
  machine: Machine;
  quick: boolean;
  runs: number;
  /** Server given by `--target`, if any. */
  target?: string;
  benches: ({ name: string; elapsedMs: number } & BenchResult)[];
}
