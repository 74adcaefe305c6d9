import type { Comparison, ComparisonPlan } from "./comparison.js";

/** Environment of a bench. */
export interface BenchContext {
  /** Whether to do less work, for a first look or a test. */
  quick: boolean;
  /** The real Vision (or any other server) to use instead of the replica, for benches that support it. */
  target: string | undefined;
  /** CSV file with a real universe's spans, for benches that support it. */
  spans: string | undefined;
  /** An empty folder that is removed afterwards. */
  folder: string;
  /** Runs a comparison, with progress on stderr. */
  compare: (plan: ComparisonPlan) => Promise<Comparison>;
  /** Prints a line on stderr immediately, for example about what takes long. */
  say: (line: string) => void;
}

/** A target or claim, with the measured value. */
export interface Target {
  what: string;
  wanted: string;
  measured: string;
  met: boolean;
}

/** Result of a bench. */
export interface BenchResult {
  comparisons: Comparison[];
  targets: Target[];
  /** Notes for interpreting the numbers. */
  notes: string[];
}

/** A bench: creates its own servers and data, and returns numbers. */
export type Bench = (context: BenchContext) => Promise<BenchResult>;
