import type { DuckDBValue } from "@duckdb/node-api";
import { DAY_MS, type Day } from "../calendar/day.js";
import { countDays, gapsBetween, islands, unionSpans, type Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { openHoleSql, probedBySql, provisionalSql, type Finality } from "../vision/finality.js";
import { dormantSymbols } from "./dormant.js";
import { DuckDBDateValue } from "./duckdb.js";
import { toStoreError } from "./duckdb-error.js";
import { openHoles } from "./holes.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { probedSpans, symbolRows, type SymbolRows } from "./probed.js";
import { mayBeUnsettled } from "./unsettled.js";

/**
 * Why a cell is due: it was never probed; its last probe came too early to be final (for a hole that takes longer); or
 * that probe has a time in the future.
 */
export const DUE_REASONS = ["never_probed", "provisional", "hole", "clock"] as const;
export type DueReason = (typeof DUE_REASONS)[number];

/** The cells that are due. */
export interface DueCells {
  /** For each wanted symbol, in order: its due days, ascending and disjoint. */
  spans: Span[][];
  /** Number of due cells by reason. */
  counts: Record<DueReason, number>;
  /** Due cells of dormant symbols that wait for their next listing; not included above. */
  dormantCount: number;
}

/** The cells that a run covers. */
export interface WantedCells extends Span {
  symbols: readonly string[];
  rest: boolean;
}

/** A row that must be probed again. */
export interface DueRow {
  symbol: string;
  day: Day;
  /** ms since the Unix epoch. */
  probedAt: number;
  reason: Exclude<DueReason, "never_probed">;
}

/**
 * Decides for each cell whether it is due: it is, available or missing, until it has been probed late enough. A run
 * over some symbols or days says nothing about the others.
 *
 * @param wanted `rest`: skip a dormant symbol until one of its cells has waited for a week
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export async function dueCells(store: Store, wanted: WantedCells, now: number): Promise<DueCells> {
  try {
    const known = await symbolRows(store, wanted);
    const broken = [...known].filter(([, { count, first, last }]) => count < last - first + 1).map(([name]) => name);
    const probed = await probedSpans(store, broken, wanted);
    const rows = await dueRows(store, wanted, now);
    const dormant = wanted.rest ? await dormantSymbols(store, known, now) : new Map<string, Day>();
    const due: DueCells = {
      spans: [],
      counts: { never_probed: 0, provisional: 0, hole: 0, clock: 0 },
      dormantCount: 0,
    };
    for (const symbol of wanted.symbols) {
      const facts = known.get(symbol);
      const gaps = gapsBetween(probed.get(symbol) ?? wholeSpan(facts), wanted);
      const again = rows.get(symbol) ?? [];
      const cells = unionSpans(gaps, islands(again.map(({ day }) => day)));
      if (dormant.has(symbol) && isResting(store.dataset.finality, gaps, again, now)) {
        due.dormantCount += countDays(cells);
        due.spans.push([]);
        continue;
      }
      due.spans.push(cells);
      due.counts.never_probed += countDays(gaps);
      for (const { reason } of again) due.counts[reason]++;
    }
    return due;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** Whether no due cell of a dormant symbol has waited long enough for the next listing. */
function isResting(
  { dormantEveryDays }: Finality,
  gaps: readonly Span[],
  again: readonly DueRow[],
  now: number,
): boolean {
  const since = now - dormantEveryDays * DAY_MS;
  const first = gaps[0];
  return (
    (first === undefined || (first.from + 1) * DAY_MS > since) &&
    again.every(({ probedAt }) => probedAt > since && probedAt <= now)
  );
}

function wholeSpan(facts: SymbolRows | undefined): Span[] {
  return facts === undefined || facts.count === 0 ? [] : [{ from: facts.first, to: facts.last }];
}

/** The rows whose probe is not final, by symbol, ascending by day. */
export async function dueRows(store: Store, span: Span, now: number): Promise<Map<string, DueRow[]>> {
  const found = [
    ...(await futureRows(store, span, now)),
    ...(await provisionalRows(store, span, now)),
    ...(await dueHoles(store, span, now)),
  ];
  const rows = new Map<string, DueRow[]>();
  for (const row of found) {
    const ofSymbol = rows.get(row.symbol) ?? [];
    ofSymbol.push(row);
    rows.set(row.symbol, ofSymbol);
  }
  for (const ofSymbol of rows.values()) ofSymbol.sort((a, b) => a.day - b.day);
  return rows;
}

const DUE_ROW = `symbol, ${dayNumber("date")}, epoch_ms(probe_timestamp)::DOUBLE`;

/** Rows probed in the future. */
async function futureRows(store: Store, { from, to }: Span, now: number): Promise<DueRow[]> {
  const found = await select(
    store,
    `SELECT ${DUE_ROW} FROM availability WHERE date BETWEEN $from AND $to AND NOT ${probedBySql("$now::BIGINT")}`,
    { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to), now },
  );
  return found.map((row) => dueRow(row, "clock"));
}

async function provisionalRows(store: Store, span: Span, now: number): Promise<DueRow[]> {
  const { finality } = store.dataset;
  const { sql, parameters } = mayBeUnsettled(span, finality);
  const found = await select(
    store,
    `SELECT ${DUE_ROW} FROM (${sql}) WHERE ${provisionalSql(finality)} AND ${probedBySql("$now::BIGINT")}`,
    { ...parameters, now },
  );
  return found.map((row) => dueRow(row, "provisional"));
}

/** Holes that are not final, on the days with missing files that may be holes. */
async function dueHoles(store: Store, span: Span, now: number): Promise<DueRow[]> {
  const { finality } = store.dataset;
  const { sql, parameters } = mayBeUnsettled(span, finality);
  const [days] = await select(
    store,
    `SELECT ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM (${sql})
      WHERE NOT available AND ${openHoleSql(finality)}`,
    parameters,
  );
  const [from, to] = days ?? [];
  if (typeof from !== "number" || typeof to !== "number") return [];
  return (await openHoles(store, { from, to }, now)).map((hole) => ({ ...hole, reason: "hole" }));
}

function dueRow([symbol, day, probedAt]: readonly DuckDBValue[], reason: DueRow["reason"]): DueRow {
  return { symbol: String(symbol), day: Number(day), probedAt: Number(probedAt), reason };
}
