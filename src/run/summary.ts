import { formatDay } from "../calendar/day.js";
import type { DnsWarmUp } from "../probe/net/dns.js";
import type { Source } from "../rows/unit.js";
import { publicCounts, type RunCounts } from "./counts.js";
import type { RunCommand } from "./defaults.js";
import type { Totals } from "./execute.js";
import type { RunFailure } from "./failure.js";
import type { RunOutcome } from "./outcome.js";
import type { Plan } from "./plan.js";

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
  /** Files whose size or upload time changed since they were first seen. */
  replaced: number;
  /** Days written that a later run must probe again. */
  provisional: string[];
  /** Days of which nothing is there yet; not written. */
  unpublished: string[];
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
    replaced: written.replaced,
    provisional: written.provisional.map(formatDay),
    unpublished: written.unpublished.map(formatDay),
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
