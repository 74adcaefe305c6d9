import type { FailureKind } from "../probe/outcome.js";
import type { RunCommand } from "./options.js";

/** Cells that failed, as the summary names them. */
export interface RunFailure {
  symbol: string;
  /** First day, YYYY-MM-DD. */
  date: string;
  /** Days from `date` on that failed together: 1 for HEAD. */
  days: number;
  kind: FailureKind;
  code: string;
  message: string;
}

/** What a run did. Times in ms; dates as YYYY-MM-DD. */
export interface RunSummary {
  command: RunCommand;
  outcome: "whole" | "failed" | "interrupted";
  /** Whether more failed than `maxFailureRate` allows, so that the rest was not probed. */
  stoppedEarly: boolean;
  from: string;
  to: string;
  symbols: number;
  /** How the cells were probed; empty when there was nothing to do. */
  sources: ("head" | "list")[];
  /** Cells answered or failed: `available` + `missing` + `failed`. */
  probes: number;
  available: number;
  missing: number;
  failed: number;
  /** HTTP requests sent, retries included and replays not. */
  requests: number;
  replays: number;
  retries: number;
  connectionsOpened: number;
  dnsLookups: number;
  rowsWritten: number;
  unitsWritten: number;
  /** Files whose size or upload time changed since they were first seen. */
  replaced: number;
  /** Days written that a later run must probe again. */
  provisional: string[];
  /** Days of which nothing is there yet; not written. */
  unpublished: string[];
  /** Keys of listings that are no files of the dataset. */
  foreignKeys: number;
  elapsedMs: number;
  phases: { dnsMs: number; discoverMs: number; probeMs: number; writeMs: number };
  failures: RunFailure[];
}
