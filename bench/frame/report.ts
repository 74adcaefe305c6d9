import type { BenchResult } from "./bench.js";
import type { Machine } from "./machine.js";

/** Everything that a call of `bfa bench` found. */
export interface Report {
  /** When it began, ISO 8601. */
  date: string;
  machine: Machine;
  quick: boolean;
  runs: number;
  /** Server given by `--target`, if any. */
  target?: string;
  benches: ({ name: string; elapsedMs: number } & BenchResult)[];
}
