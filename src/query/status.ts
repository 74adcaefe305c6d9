import { existsSync, statSync } from "node:fs";
import { gaps, lastFinalDay } from "../store/gaps.js";
import type { Store } from "../store/open.js";
import type { RunOutcome } from "../store/runs.js";
import { knownSymbols } from "../store/symbols.js";
import { dayAt, type Day } from "../calendar/day.js";
import { dayNumber } from "../calendar/sql.js";
import { dateText, ms, select } from "./select.js";

/** A run as its journal has it. */
export interface RunRow {
  run_id: number;
  command: string;
  from_date: string;
  to_date: string;
  started_at: Date;
  /** `unfinished` when the process ended before it could say how. */
  outcome: RunOutcome | "unfinished";
  probes: number | null;
  failed: number | null;
  rows_written: number | null;
}

/** What a file holds and what it lacks. */
export interface Status {
  file: string;
  /** The file and the log beside it, if any. */
  bytes: number;
  rows: number;
  /** First and last day with rows. */
  firstDay: string | undefined;
  lastDay: string | undefined;
  /** Last day that no later run has to probe again. */
  lastFinalDay: string | undefined;
  /** Symbols known from the bucket's listing. */
  symbols: number;
  discoveredAt: Date | undefined;
  /** The last runs, latest first. */
  runs: RunRow[];
  /** What a backfill of all known perpetuals up to yesterday would have to probe. */
  backlog: { symbols: number; cells: number };
}

/** Number of runs that {@link status} shows. */
const RUNS_SHOWN = 5;

/** @param now ms since the Unix epoch: decides which days are over. */
export async function status(store: Store, now: number): Promise<Status> {
  const [totals] = (await select(
    store,
    `SELECT coalesce(sum(probed_count), 0)::DOUBLE, ${dayNumber("min(date)")},
      ${dayNumber("max(date)")} FROM daily_symbol_counts`,
  )) as [number, Day | null, Day | null][];
  const [rows = 0, first = null, last = null] = totals ?? [];
  const { symbols, discoveredAt } = await knownSymbols(store);
  const finalDay = await lastFinalDay(store);
  const log = `${store.file}.wal`;
  return {
    file: store.file,
    bytes: statSync(store.file).size + (existsSync(log) ? statSync(log).size : 0),
    rows,
    firstDay: first === null ? undefined : dateText(first),
    lastDay: last === null ? undefined : dateText(last),
    lastFinalDay: finalDay === undefined ? undefined : dateText(finalDay),
    symbols: symbols.length,
    discoveredAt: discoveredAt === undefined ? undefined : new Date(discoveredAt),
    runs: await lastRuns(store),
    backlog: await backlog(
      store,
      symbols.filter((symbol) => symbol.class !== "delivery").map(({ symbol }) => symbol),
      now,
    ),
  };
}

async function lastRuns(store: Store): Promise<RunRow[]> {
  const rows = await select(
    store,
    `SELECT run_id, command, from_date::VARCHAR, to_date::VARCHAR, ${ms("started_at")}, coalesce(outcome, 'unfinished'),
      probes::DOUBLE, failed::DOUBLE, rows_written::DOUBLE FROM runs ORDER BY run_id DESC LIMIT ${RUNS_SHOWN}`,
  );
  return (
    rows as [number, string, string, string, number, RunRow["outcome"], number | null, number | null, number | null][]
  ).map(([id, command, from, to, startedAt, outcome, probes, failed, written]) => ({
    run_id: id,
    command,
    from_date: from,
    to_date: to,
    started_at: new Date(startedAt),
    outcome,
    probes,
    failed,
    rows_written: written,
  }));
}

async function backlog(store: Store, symbols: readonly string[], now: number): Promise<Status["backlog"]> {
  const open = await gaps(store, { symbols, from: store.dataset.firstPeriod, to: dayAt(now) - 1 });
  const left = open.filter((ranges) => ranges.length > 0);
  return { symbols: left.length, cells: left.flat().reduce((days, range) => days + range.to - range.from + 1, 0) };
}
