import { formatDay } from "../calendar/day.js";
import type { DnsWarmUp } from "../probe/net/dns.js";
import type { Source } from "../rows/unit.js";
import { publicCounts, type RunCounts } from "./counts.js";
import type { RunCommand } from "./defaults.js";
import type { Totals } from "./execute.js";
import type { RunFailure } from "./failure.js";
import type { RunOutcome } from "./outcome.js";
import type { Plan } from "./plan.js";
import type { ChangeCounts } from "../store/write/changes.js";
import type { Condition } from "../vision/condition.js";

/** Consecutive days in the same condition; dates as YYYY-MM-DD. */
export interface SummaryCondition {
  condition: Condition;
  from: string;
  to: string;
}

/** What a run did. Times in ms, to a tenth; dates as YYYY-MM-DD. */
export interface RunSummary extends RunCounts {
  command: RunCommand;
  outcome: RunOutcome;
  from: string;
  to: string;
  symbol_count: number;
  /** How the cells were probed; empty when there were none. */
  sources: Source[];
  dns_lookups: number;
  /** Changes of answers that were believed: files that came late, were replaced, were removed. */
  changes: ChangeCounts;
  /** Conditions of the last 30 days of the run, for its symbols, as spans. */
  conditions: SummaryCondition[];
  elapsed_ms: number;
  phases: { dns_ms: number; plan_ms: number; probe_ms: number; write_ms: number };
  failures: RunFailure[];
}

/** What a run took, ms. */
export interface Timing {
  dns: DnsWarmUp;
  planMs: number;
  elapsedMs: number;
}

/** Builds the summary: day numbers become dates, times are rounded. */
export function summarize(command: RunCommand, plan: Plan, totals: Totals, timing: Timing): RunSummary {
  const { written, counts } = totals;
  return {
    command,
    outcome: totals.outcome,
    from: formatDay(plan.span.from),
    to: formatDay(plan.span.to),
    symbol_count: plan.symbols.length,
    sources: [...new Set(plan.steps.map(({ source }) => source))],
    ...publicCounts(counts),
    rows_written: written.rowsWritten,
    units_written: written.unitsWritten,
    dns_lookups: timing.dns.lookups,
    changes: written.changes,
    conditions: totals.conditions.map(({ condition, from, to }) => ({
      condition,
      from: formatDay(from),
      to: formatDay(to),
    })),
    elapsed_ms: tenths(timing.elapsedMs),
    phases: {
      dns_ms: tenths(timing.dns.elapsedMs),
      plan_ms: tenths(timing.planMs),
      probe_ms: tenths(totals.probeMs),
      write_ms: tenths(written.writeMs),
    },
    failures: totals.failures,
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
