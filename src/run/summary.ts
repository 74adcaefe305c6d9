import type { Counts } from "../rows/counters.js";
import type { FailureKind, CellFailure } from "../rows/failure.js";
import type { WriteTotals } from "../store/write/session.js";
import { formatDay } from "../calendar/day.js";
import type { DnsWarmUp } from "../probe/net/dns.js";
import type { RunCommand } from "./options.js";
import type { RunTarget } from "./run.js";

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

/** What a run has to show at its end. */
export interface RunEnding {
  command: RunCommand;
  target: RunTarget;
  outcome: RunSummary["outcome"];
  stoppedEarly: boolean;
  counts: Counts;
  written: WriteTotals;
  dns: DnsWarmUp;
  failures: readonly CellFailure[];
  elapsedMs: number;
  discoverMs: number;
  probeMs: number;
}

/** Puts names and dates to what a run counted. */
export function summarize(ending: RunEnding): RunSummary {
  const { target, counts, written, dns } = ending;
  const { symbols, parts } = target;
  return {
    command: ending.command,
    outcome: ending.outcome,
    stoppedEarly: ending.stoppedEarly,
    from: formatDay(target.from),
    to: formatDay(target.to),
    symbols: symbols.length,
    sources: [...new Set(parts.filter(({ cellCount }) => cellCount > 0).map(({ source }) => source))],
    probes: counts.cells,
    available: counts.available,
    missing: counts.missing,
    failed: counts.failed,
    requests: counts.requests,
    replays: counts.replays,
    retries: counts.retries,
    connectionsOpened: counts.connectionsOpened,
    dnsLookups: dns.lookups,
    rowsWritten: written.rowsWritten,
    unitsWritten: written.unitsWritten,
    replaced: written.replaced,
    provisional: written.provisional.map(formatDay),
    unpublished: written.unpublished.map(formatDay),
    foreignKeys: counts.foreignKeys,
    elapsedMs: ending.elapsedMs,
    phases: {
      dnsMs: dns.elapsedMs,
      discoverMs: ending.discoverMs,
      probeMs: ending.probeMs,
      writeMs: written.writeMs,
    },
    failures: ending.failures.map(({ symbolIndex, from, days, failure }) => ({
      symbol: symbols[symbolIndex] ?? "",
      date: formatDay(from),
      days,
      kind: failure.kind,
      code: failure.code,
      message: failure.message,
    })),
  };
}
