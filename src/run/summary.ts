import { formatDay } from "../calendar/day.js";
import type { DnsWarmUp } from "../probe/net/dns.js";
import type { Source } from "../rows/unit.js";
import { publicCounts, type RunCounts } from "./counts.js";
import type { RunCommand } from "./defaults.js";
import type { Totals } from "./execute.js";
import type { RunFailure } from "./failure.js";
import type { RunOutcome } from "./outcome.js";
import type { RetriedRequests } from "./retried.js";
import type { Plan } from "./plan.js";
import type { AnnouncedDelisting } from "../store/contracts.js";
import type { DueReason } from "../store/due.js";
import type { SymbolDay } from "../store/news.js";
import type { ChangeCounts, ChangeKind } from "../store/write/changes.js";
import { tenths } from "../text/numbers.js";
import type { Condition } from "../vision/condition.js";
import { volumesResult, type VolumesResult } from "./volumes-result.js";

/** Consecutive days in the same condition; dates as YYYY-MM-DD. */
export interface SummaryCondition {
  condition: Condition;
  from: string;
  to: string;
}

/** A symbol and a day, YYYY-MM-DD. */
export interface SummaryDate {
  symbol: string;
  date: string;
}

/** A file that came late, was replaced or was removed. */
export interface SummaryChange extends SummaryDate {
  kind: ChangeKind;
}

/** Summary of a run. Times in ms, to a tenth; dates as YYYY-MM-DD. */
export interface RunSummary extends RunCounts {
  command: RunCommand;
  outcome: RunOutcome;
  from: string;
  to: string;
  symbol_count: number;
  /** How the cells were probed; empty if there were none. */
  sources: Source[];
  dns_lookups: number;
  /** Requests that were sent again after a transient failure, including those that then succeeded. */
  retried: RetriedRequests[];
  /** How many files came late, were replaced or were removed. */
  changes: ChangeCounts;
  /** These files, by date and symbol, up to 1,000. */
  changed_files: SummaryChange[];
  /** Newly listed contracts, with their first day: those that the database did not know before the run. */
  listings: SummaryDate[];
  /** Contracts that have been found to have ended, with their last day. */
  delistings: SummaryDate[];
  /** Perpetuals whose end is announced in the database's last capture, the next to end first. */
  announced_delistings: AnnouncedDelisting[];
  /** Cells of the run's symbols and days that are still due, by reason. */
  due_cells: Record<DueReason, number>;
  /** Conditions of the last 30 days of the run, for its symbols, as spans. */
  conditions: SummaryCondition[];
  elapsed_ms: number;
  /** Result of fetching volumes; null if none were fetched. */
  volumes: VolumesResult | null;
  /** `volumes_ms`: fetching volumes. `write_ms`: writing rows and volumes, concurrently with the rest. */
  phases: { dns_ms: number; plan_ms: number; probe_ms: number; volumes_ms: number; write_ms: number };
  failures: RunFailure[];
}

/** What a run spent, apart from its totals; times in ms. */
export interface Effort {
  retried: RetriedRequests[];
  dns: DnsWarmUp;
  planMs: number;
  elapsedMs: number;
}

/** Builds the summary: day numbers become dates, times are rounded. */
export function summarize(command: RunCommand, plan: Plan, totals: Totals, effort: Effort): RunSummary {
  const { written, counts, news, volumes } = totals;
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
    dns_lookups: effort.dns.lookups,
    retried: effort.retried,
    changes: written.changes,
    changed_files: news.changedFiles.map(({ kind, ...file }) => ({ kind, ...dated(file) })),
    listings: news.listings.map(dated),
    delistings: news.delistings.map(dated),
    announced_delistings: totals.announced,
    due_cells: totals.due,
    conditions: totals.conditions.map(({ condition, from, to }) => ({
      condition,
      from: formatDay(from),
      to: formatDay(to),
    })),
    volumes: volumes === undefined ? null : volumesResult(volumes),
    elapsed_ms: tenths(effort.elapsedMs),
    phases: {
      dns_ms: tenths(effort.dns.elapsedMs),
      plan_ms: tenths(effort.planMs),
      probe_ms: tenths(totals.probeMs),
      volumes_ms: tenths(volumes?.fetchMs ?? 0),
      write_ms: tenths(written.writeMs + (volumes?.written.writeMs ?? 0)),
    },
    failures: totals.failures,
  };
}

function dated({ symbol, day }: SymbolDay): SummaryDate {
  return { symbol, date: formatDay(day) };
}
