import { existsSync, statSync } from "node:fs";
import type { DuckDBValue } from "@duckdb/node-api";
import { dayAt, DAY_MS, type Day } from "../calendar/day.js";
import { formatTime } from "../calendar/time.js";
import { dayNumber } from "../calendar/sql.js";
import type { AdmittedSymbol } from "../store/admitted-cells.js";
import { conditionSpans, dayConditions } from "../store/conditions.js";
import { announcedDelistings, knownCaptures, type AnnouncedDelisting } from "../store/contracts.js";
import { answerFrom } from "../store/defects.js";
import { dueCells } from "../store/due.js";
import type { Store } from "../store/open.js";
import { select } from "../store/prepared.js";
import { knownSymbols, listedAt } from "../store/symbols.js";
import { column, optionalColumn, type Answer, type RowOf } from "../text/columns.js";
import type { Condition } from "../vision/condition.js";
import { admittedSymbols } from "./admission.js";
import { date, dateText, ms } from "./select.js";

/** Columns of {@link StatusFacts}. */
export const STATUS_FACTS = {
  file: column("text", "the database file"),
  bytes: column("bytes", "size of the file, including its log if there is one"),
  row_count: column("count", "cells with a row"),
  first_date: optionalColumn("date", "first day with rows that has ended"),
  last_date: optionalColumn("date", "last such day"),
  last_final_date: optionalColumn("date", "last day up to which every day from first_date on is final"),
  provisional_day_count: column("count", "provisional days, whose cells will be probed again"),
  symbol_count: column("count", "symbols known from LISTs of the bucket or from an import"),
  discovered_at: optionalColumn("time", "when a LIST last asked for the bucket's symbols"),
  first_due_date: optionalColumn("date", "first day with a due cell"),
  due_never_probed: column("count", "due cells that were never probed"),
  due_provisional: column("count", "due cells that were probed too early to be final"),
  due_hole: column("count", "due cells that are holes, which become final later"),
  due_clock: column("count", "due cells whose probe has a time in the future"),
  due_dormant: column("count", "cells of dormant symbols that wait for their weekly LIST; not included above"),
  contracts_captured_at: optionalColumn("time", "when the exchange's contracts were last recorded"),
  announced_delistings: column("value", "perpetuals whose end has been announced, each with its delivery_date"),
  conditions: column("value", "conditions of the last 30 days up to yesterday, as spans"),
  updated_at: optionalColumn("time", "when the last complete run over all days began"),
  swept_at: optionalColumn("time", "when the last complete sweep began"),
  sweep_due_at: optionalColumn("time", "when the next sweep is due"),
};

/** Consecutive days in the same condition; dates as YYYY-MM-DD. */
export interface StatusCondition {
  condition: Condition;
  from: string;
  to: string;
}

/** What a database contains, and how far it is final. */
export interface StatusFacts extends Omit<RowOf<typeof STATUS_FACTS>, "conditions" | "announced_delistings"> {
  announced_delistings: AnnouncedDelisting[];
  conditions: StatusCondition[];
}

/** Columns of a run in the journal. */
export const RUN_COLUMNS = {
  run_id: column("count", "1, 2, 3 … in order of their start"),
  command: column("text", "the command"),
  from_date: column("date", "first day of its span"),
  to_date: column("date", "last day of its span"),
  started_at: column("time", "when it began"),
  outcome: column("text", "how it ended; `unfinished` if the process died first"),
  probes: optionalColumn("count", "cells probed, and files of volumes asked for"),
  failed: optionalColumn("count", "those without a valid answer"),
  rows_written: optionalColumn("count", "rows written"),
};

/** A run in the journal. */
export type RunRow = RowOf<typeof RUN_COLUMNS>;

/** Result of {@link status}; its rows are the last runs, latest first. */
export interface Status extends Answer<StatusFacts, typeof RUN_COLUMNS> {
  rows: RunRow[][];
}

/** Number of runs that {@link status} shows. */
const RUNS_SHOWN = 5;

/** Days up to yesterday whose conditions {@link status} shows. */
const DAYS_SHOWN = 30;

/** The symbols that {@link status} covers: those that a plain run would probe. */
const ADMITTED = { contract: "perpetual", quote: undefined } as const;

/** Days after which everything should be listed again. */
const SWEEP_EVERY_DAYS = 35;

/**
 * What a database contains, how far it is final, and its last runs. Covers the symbols that a plain run would probe.
 *
 * @param now decides which days have ended, ms since the Unix epoch; `Date.now()` by default
 * @throws StoreError when the file can't be read.
 */
export function status(store: Store, now: number = Date.now()): Promise<Status> {
  return answerFrom(store, () => statusAt(store, now));
}

async function statusAt(store: Store, now: number): Promise<Status> {
  const [totals = []] = await select(
    store,
    `SELECT coalesce(sum(probed_count), 0)::DOUBLE, ${dayNumber("min(date) FILTER (date < $today)")},
      ${dayNumber("max(date) FILTER (date < $today)")} FROM daily_symbol_counts`,
    { today: date(dayAt(now)) },
  );
  const [rowCount, first, last] = totals;
  const { symbols, discoveredAt } = await knownSymbols(store);
  const admitted = await admittedSymbols(store, ADMITTED);
  const log = `${store.file}.wal`;
  return {
    facts: {
      file: store.file,
      bytes: statSync(store.file).size + (existsSync(log) ? statSync(log).size : 0),
      row_count: Number(rowCount),
      first_date: typeof first === "number" ? dateText(first) : null,
      last_date: typeof last === "number" ? dateText(last) : null,
      ...(await conditionFacts(store, admitted, typeof first === "number" ? first : undefined, now)),
      symbol_count: symbols.length,
      discovered_at: discoveredAt === undefined ? null : formatTime(discoveredAt),
      ...(await dueFacts(store, admitted, now)),
      ...(await contractFacts(store, now)),
      ...(await runFacts(store, admitted, now)),
    },
    factColumns: STATUS_FACTS,
    rowsName: "runs",
    columns: RUN_COLUMNS,
    rows: [await lastRuns(store)],
  };
}

async function conditionFacts(
  store: Store,
  symbols: readonly AdmittedSymbol[],
  first: Day | undefined,
  now: number,
): Promise<Pick<StatusFacts, "last_final_date" | "provisional_day_count" | "conditions">> {
  const yesterday = dayAt(now) - 1;
  const from = Math.min(first ?? yesterday, yesterday - DAYS_SHOWN + 1);
  const days = await dayConditions(store, { symbols, listedAt: await listedAt(store, now), from, to: yesterday, now });
  const written = days.filter(({ day }) => first !== undefined && day >= first);
  const notFinal = written.findIndex(({ condition }) => condition !== "final");
  const lastFinal = written.at(notFinal < 0 ? -1 : notFinal - 1);
  return {
    last_final_date: notFinal === 0 || lastFinal === undefined ? null : dateText(lastFinal.day),
    provisional_day_count: written.filter(({ condition }) => condition === "provisional").length,
    conditions: conditionSpans(days.slice(-DAYS_SHOWN)).map((span) => ({
      condition: span.condition,
      from: dateText(span.from),
      to: dateText(span.to),
    })),
  };
}

async function dueFacts(store: Store, admitted: readonly AdmittedSymbol[], now: number) {
  const symbols = admitted.map(({ symbol }) => symbol);
  const wanted = { symbols, from: store.dataset.firstPeriod, to: dayAt(now) - 1, rest: true };
  const { spans, counts, dormantCount } = await dueCells(store, wanted, now);
  const first = spans.reduce((least, [span]) => Math.min(least, span?.from ?? Infinity), Infinity);
  return {
    first_due_date: first === Infinity ? null : dateText(first),
    due_never_probed: counts.never_probed,
    due_provisional: counts.provisional,
    due_hole: counts.hole,
    due_clock: counts.clock,
    due_dormant: dormantCount,
  };
}

async function contractFacts(store: Store, now: number) {
  return {
    contracts_captured_at: timeOf((await knownCaptures(store)).at(-1)?.at),
    announced_delistings: await announcedDelistings(store, now),
  };
}

/**
 * When the last complete update and sweep began. An update counts if it covered all days that had ended, and at least
 * as many symbols as a plain run: those known by its end. Runs with a start in the future are ignored.
 */
async function runFacts(store: Store, admitted: readonly AdmittedSymbol[], now: number) {
  const first = dateText(store.dataset.firstPeriod);
  const [times = []] = await select(
    store,
    `SELECT ${ms("max(started_at) FILTER (outcome = 'whole' AND command IN ('update', 'backfill', 'sweep') AND covers_all)")},
      ${ms("max(started_at) FILTER (outcome = 'whole' AND command = 'sweep')")}, ${ms("min(started_at)")}
      FROM (SELECT *, from_date <= $first::DATE AND started_at < to_date + 2 AND symbols >= CASE
          WHEN NOT EXISTS (FROM symbols) THEN $stored::INTEGER
          ELSE (SELECT count(*) FROM symbols AS known WHERE class <> 'delivery' AND first_seen <= runs.ended_at)
        END AS covers_all FROM runs)
      WHERE epoch_ms(started_at) <= $now`,
    { first, now, stored: admitted.length },
  );
  const [updatedAt, sweptAt, firstStartedAt] = times.map(countOf);
  const countedFrom = sweptAt ?? firstStartedAt ?? null;
  return {
    updated_at: timeOf(updatedAt),
    swept_at: timeOf(sweptAt),
    sweep_due_at: timeOf(countedFrom === null ? null : countedFrom + SWEEP_EVERY_DAYS * DAY_MS),
  };
}

function timeOf(time: number | null | undefined): string | null {
  return time === null || time === undefined ? null : formatTime(time);
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

/** A number that may be absent: an unfinished run has no counts. */
function countOf(value: DuckDBValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}
