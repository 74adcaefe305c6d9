import type { Comparison, ComparisonPlan } from "./comparison.js";

/** What a bench works with. */
export interface BenchContext {
  /** Smaller work, for a first look or a test. */
  quick: boolean;
  /** The real Vision (or any other server) instead of the replica, for the benches that can. */
  target: string | undefined;
  /** CSV of a real universe's spans, for the benches that can. */
  spans: string | undefined;
  /** An empty folder that is removed afterwards. */
  folder: string;
  /** Makes a comparison, with progress on stderr. */
  compare: (plan: ComparisonPlan) => Promise<Comparison>;
  /** Says something on stderr at once: what is about to be done, what takes long. */
  say: (line: string) => void;
}

/** Something promised or claimed, beside what was measured. */
export interface Target {
  what: string;
  wanted: string;
  measured: string;
  met: boolean;
}

/** What a bench found. */
export interface BenchResult {
  comparisons: Comparison[];
  targets: Target[];
  /** What the reader should know to read the numbers rightly. */
  notes: string[];
}

/** One bench: from servers and data of its own to numbers. */
export type Bench = (context: BenchContext) => Promise<BenchResult>;
