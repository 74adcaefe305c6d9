import { existsSync, statSync } from "node:fs";
import type { DuckDBValue } from "@duckdb/node-api";
import { dayAt } from "../calendar/day.js";
import { countDays } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { formatTime } from "../calendar/time.js";
import { gaps, lastFinalDay } from "../store/gaps.js";
import type { Store } from "../store/open.js";
import { knownSymbols } from "../store/symbols.js";
import { column, optionalColumn, type Answer, type RowOf } from "../text/columns.js";
import { dateText, ms, select } from "./select.js";

/** Columns of {@link StatusFacts}. */
export const STATUS_FACTS = {
  file: column("text", "the database file"),
  bytes: column("bytes", "size of the file and of the log beside it, if any"),
  row_count: column("count", "cells that have a row"),
  first_date: optionalColumn("date", "first day with rows"),
  last_date: optionalColumn("date", "last day with rows"),
  last_final_date: optionalColumn("date", "last day that no later run has to probe again"),
  symbol_count: column("count", "symbols known from listings of the bucket"),
  discovered_at: optionalColumn("time", "when the bucket was last listed for its symbols"),
  backlog_symbol_count: column("count", "symbols that a backfill of all perpetuals up to yesterday would probe"),
  backlog_cell_count: column("count", "cells that it would probe"),
};

/** What a file holds and what it lacks. */
export type StatusFacts = RowOf<typeof STATUS_FACTS>;

/** Columns of a run as its journal has it. */
export const RUN_COLUMNS = {
  run_id: column("count", "1, 2, 3 … in order of beginning"),
  command: column("text", "the command"),
  from_date: column("date", "first day that it was about"),
  to_date: column("date", "last day that it was about"),
  started_at: column("time", "when it began"),
  outcome: column("text", "`unfinished` when the process ended before it could say how"),
  probes: optionalColumn("count", "cells probed"),
  failed: optionalColumn("count", "cells whose probe failed"),
  rows_written: optionalColumn("count", "rows written"),
};

/** A run as its journal has it. */
export type RunRow = RowOf<typeof RUN_COLUMNS>;

/** What {@link status} gives; its rows are the last runs, latest first. */
export interface Status extends Answer<StatusFacts, typeof RUN_COLUMNS> {
  rows: RunRow[][];
}

/** Number of runs that {@link status} shows. */
const RUNS_SHOWN = 5;

/**
 * What a file holds, what it lacks, and its last runs.
 *
 * @param now decides which days are over, ms since the Unix epoch; `Date.now()` by default
 * @throws StoreError when the file can't be read.
 */
export async function status(store: Store, now: number = Date.now()): Promise<Status> {
  const [totals = []] = await select(
    store,
    `SELECT coalesce(sum(probed_count), 0)::DOUBLE, ${dayNumber("min(date)")},
      ${dayNumber("max(date)")} FROM daily_symbol_counts`,
  );
  const [rowCount, first, last] = totals;
  const { symbols, discoveredAt } = await knownSymbols(store);
  const finalDay = await lastFinalDay(store);
  const perpetuals = symbols.filter((symbol) => symbol.class !== "delivery").map(({ symbol }) => symbol);
  const log = `${store.file}.wal`;
  return {
    facts: {
      file: store.file,
      bytes: statSync(store.file).size + (existsSync(log) ? statSync(log).size : 0),
      row_count: Number(rowCount),
      first_date: typeof first === "number" ? dateText(first) : null,
      last_date: typeof last === "number" ? dateText(last) : null,
      last_final_date: finalDay === undefined ? null : dateText(finalDay),
      symbol_count: symbols.length,
      discovered_at: discoveredAt === undefined ? null : formatTime(discoveredAt),
      ...(await backlog(store, perpetuals, now)),
    },
    factColumns: STATUS_FACTS,
    rowsName: "runs",
    columns: RUN_COLUMNS,
    rows: [await lastRuns(store)],
  };
}

async function lastRuns(store: Store): Promise<RunRow[]> {
  const rows = await select(
    store,
    `SELECT run_id, command, from_date::VARCHAR, to_date::VARCHAR, ${ms("started_at")}, coalesce(outcome, 'unfinished'),
      probes::DOUBLE, failed::DOUBLE, rows_written::DOUBLE FROM runs ORDER BY run_id DESC LIMIT ${RUNS_SHOWN}`,
  );
  return rows.map(([id, command, from, to, startedAt, outcome, probes, failed, written]) => ({
    run_id: Number(id),
    command: String(command),
    from_date: String(from),
    to_date: String(to),
    started_at: formatTime(Number(startedAt)),
    outcome: String(outcome),
    probes: countOf(probes),
    failed: countOf(failed),
    rows_written: countOf(written),
  }));
}

/** A number that a run which didn't end lacks. */
function countOf(value: DuckDBValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}

async function backlog(store: Store, symbols: readonly string[], now: number) {
  const open = await gaps(store, { symbols, from: store.dataset.firstPeriod, to: dayAt(now) - 1 });
  const left = open.filter((spans) => spans.length > 0);
  return { backlog_symbol_count: left.length, backlog_cell_count: countDays(left.flat()) };
}
