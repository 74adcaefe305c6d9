import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { finalFrom, holeFinalFrom, probedBySql, publishedFrom, type Finality } from "../vision/finality.js";
import { namesOf, type AdmittedCells, type AdmittedSymbol } from "./admitted-cells.js";
import type { StoredCell } from "./cells.js";
import { dayCounts } from "./day-counts.js";
import { DuckDBDateValue } from "./duckdb.js";
import { openHoles } from "./holes.js";
import { LAYOUT } from "./layout.js";
import { livesAmong } from "./lives.js";
import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { hasFutureRows } from "./probed.js";
import { storedSymbols } from "./stored-symbols.js";
import { unsettledDays, unsettledSql } from "./unsettled-days.js";

/** Counts of the rows of a day. */
export interface DayRows {
  probed: number;
  available: number;
  /** Rows that must be probed again. */
  due: number;
  /** Missing files whose probe was made before the day counted as published. */
  early: number;
}

/** The rows to count. Excludes rows probed later than `now`. */
export type CountedRows = Omit<AdmittedCells, "listedAt">;

/** Counts of each day, and the days with missing files that are due if they are holes. */
interface Counted {
  days: DayRows[];
  doubtful: Day[];
}

/** SQL: whether a row is counted. */
const COUNTED = `date BETWEEN $from AND $to AND symbol IN (SELECT unnest($symbols)) AND ${probedBySql("$now::BIGINT")}`;

/** Counts the rows of each day of the span, in order. */
export async function dayRows(store: Store, wanted: CountedRows): Promise<DayRows[]> {
  if (wanted.cells === undefined && (await countsSuffice(store, wanted))) return await fromCounts(store, wanted);
  const { days, doubtful } =
    wanted.cells === undefined
      ? await fromRows(store, wanted)
      : fromCells(wanted, wanted.cells, store.dataset.finality);
  for (const day of await dueHoles(store, wanted, doubtful)) {
    const ofDay = days[day - wanted.from];
    if (ofDay !== undefined) ofDay.due++;
  }
  return days;
}

function noRows({ from, to }: Span): DayRows[] {
  const days: DayRows[] = [];
  for (let day = from; day <= to; day++) days.push({ probed: 0, available: 0, due: 0, early: 0 });
  return days;
}

function parametersOf({ from, to, symbols, now }: CountedRows) {
  return { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to), symbols: namesOf(symbols), now };
}

function fromCells({ symbols, now, ...span }: CountedRows, cells: readonly StoredCell[], finality: Finality): Counted {
  const wanted = new Set(namesOf(symbols));
  const days = noRows(span);
  const doubtful = new Set<Day>();
  for (const { symbol, day, available, probedAt } of cells) {
    const ofDay = days[day - span.from];
    if (ofDay === undefined || probedAt > now || !wanted.has(symbol)) continue;
    ofDay.probed++;
    if (available) ofDay.available++;
    if (probedAt < finalFrom(finality, day)) ofDay.due++;
    else if (!available && probedAt < holeFinalFrom(finality, day)) doubtful.add(day);
    if (!available && probedAt < publishedFrom(finality, day)) ofDay.early++;
  }
  return { days, doubtful: [...doubtful] };
}

async function fromRows(store: Store, wanted: CountedRows): Promise<Counted> {
  const { due, early, doubtful } = unsettledSql(store.dataset.finality);
  const found = await select(
    store,
    `SELECT ${dayNumber("date")}, count(*)::INTEGER, count(*) FILTER (available)::INTEGER,
        count(*) FILTER (${due})::INTEGER, count(*) FILTER (${early})::INTEGER, count(*) FILTER (${doubtful})::INTEGER
      FROM availability WHERE ${COUNTED} GROUP BY date`,
    parametersOf(wanted),
  );
  const counted: Counted = { days: noRows(wanted), doubtful: [] };
  for (const row of found) {
    const [day = 0, probed = 0, available = 0, ofDue = 0, ofEarly = 0, ofDoubtful = 0] = row.map(Number);
    counted.days[day - wanted.from] = { probed, available, due: ofDue, early: ofEarly };
    if (ofDoubtful > 0) counted.doubtful.push(day);
  }
  return counted;
}

/**
 * Whether the table of counts gives the number of rows of each day, so that most rows need not be read. This requires
 * that all symbols are wanted and no row was probed in the future. For a span shorter than a block of days, counting the
 * rows is just as fast.
 */
async function countsSuffice(store: Store, { from, to, symbols, now }: CountedRows): Promise<boolean> {
  if (to - from < LAYOUT.blockDays) return false;
  return (await includeAllStored(store, symbols)) && !(await hasFutureRows(store, now));
}

/** Whether a list of symbols has all stored ones. The same list comes with most queries, so a reader remembers it. */
async function includeAllStored(store: Store, symbols: readonly AdmittedSymbol[]): Promise<boolean> {
  const known = await listsKnown(store);
  let includesAll = known.get(symbols);
  if (includesAll === undefined) {
    const wanted = new Set(namesOf(symbols));
    includesAll = (await storedSymbols(store)).every((symbol) => wanted.has(symbol));
    known.set(symbols, includesAll);
  }
  return includesAll;
}

const listsKnown = oncePerReader(() => Promise.resolve(new WeakMap<readonly AdmittedSymbol[], boolean>()));

/** Takes the counts from their table, and the numbers of unsettled rows from the table of unsettled days. */
async function fromCounts(store: Store, { counts, ...span }: CountedRows): Promise<DayRows[]> {
  const days = noRows(span);
  for (const { day, probed, available } of counts ?? (await dayCounts(store, span))) {
    const ofDay = days[day - span.from];
    if (ofDay !== undefined) [ofDay.probed, ofDay.available] = [probed, available];
  }
  for (const { day, due, early } of await unsettledDays(store)) {
    const ofDay = days[day - span.from];
    if (ofDay !== undefined) [ofDay.due, ofDay.early] = [due, early];
  }
  return days;
}

/**
 * The days of due holes among the doubtful ones, except holes that would be due for the age of their probe alone. A day
 * appears once for each.
 */
async function dueHoles(
  store: Store,
  { symbols, now, cells, cellsOf }: CountedRows,
  doubtful: readonly Day[],
): Promise<Day[]> {
  if (doubtful.length === 0) return [];
  if (cells !== undefined && cellsOf !== undefined) {
    const lives = await livesAmong(store, cellsOf, cells, now);
    return doubtful.filter((day) => lives.some((life) => life.from < day && day < life.to));
  }
  const wanted = new Set(namesOf(symbols));
  const days = new Set(doubtful);
  const holes = await openHoles(store, { from: Math.min(...doubtful), to: Math.max(...doubtful) }, now);
  return holes.filter(({ symbol, day }) => wanted.has(symbol) && days.has(day)).map(({ day }) => day);
}
