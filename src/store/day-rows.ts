import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { finalFrom, holeFinalFrom, probedBySql, publishedFrom, type Finality } from "../vision/finality.js";
import type { StoredCell } from "./cells.js";
import { DuckDBDateValue } from "./duckdb.js";
import { openHoles } from "./holes.js";
import { LAYOUT } from "./layout.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { hasFutureRows } from "./probed.js";
import { readColumns } from "./read-rows.js";
import { storedSymbols } from "./stored-symbols.js";
import { findUnsettledDays, storedUnsettledDays, unsettledSql } from "./unsettled-days.js";

/** Counts of the rows of a day. */
export interface DayRows {
  probed: number;
  available: number;
  /** Rows that must be probed again. */
  due: number;
  /** Missing files whose probe was made before the day counted as published. */
  early: number;
}

/** The rows to count. */
export interface CountedRows extends Span {
  symbols: readonly string[];
  /** Excludes rows probed later than this, ms since the Unix epoch. */
  now: number;
  /** If they were already read: all of these rows, possibly among others. */
  cells?: readonly StoredCell[] | undefined;
}

/** Counts by day, and the days with missing files that are due if they are holes. */
interface Counted {
  days: Map<Day, DayRows>;
  doubtful: Day[];
}

/** SQL: whether a row is counted. */
const COUNTED = `date BETWEEN $from AND $to AND symbol IN (SELECT unnest($symbols)) AND ${probedBySql("$now::BIGINT")}`;

/** Counts the rows of each day; days without rows are absent. */
export async function dayRows(store: Store, wanted: CountedRows): Promise<Map<Day, DayRows>> {
  if (wanted.cells === undefined && (await countsSuffice(store, wanted))) return await fromCounts(store, wanted);
  const { days, doubtful } =
    wanted.cells === undefined
      ? await fromRows(store, wanted)
      : fromCells(wanted, wanted.cells, store.dataset.finality);
  for (const { day } of await dueHoles(store, wanted, doubtful)) {
    const ofDay = days.get(day);
    if (ofDay !== undefined) ofDay.due++;
  }
  return days;
}

function parametersOf({ from, to, symbols, now }: CountedRows) {
  return { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to), symbols, now };
}

function fromCells({ symbols, from, to, now }: CountedRows, cells: readonly StoredCell[], finality: Finality): Counted {
  const wanted = new Set(symbols);
  const days = new Map<Day, DayRows>();
  const doubtful = new Set<Day>();
  for (const { symbol, day, available, probedAt } of cells) {
    if (day < from || day > to || probedAt > now || !wanted.has(symbol)) continue;
    const ofDay = days.get(day) ?? { probed: 0, available: 0, due: 0, early: 0 };
    days.set(day, ofDay);
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
  const counted: Counted = { days: new Map(), doubtful: [] };
  for (const row of found) {
    const [day = 0, probed = 0, available = 0, ofDue = 0, ofEarly = 0, ofDoubtful = 0] = row.map(Number);
    counted.days.set(day, { probed, available, due: ofDue, early: ofEarly });
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
  const wanted = new Set(symbols);
  if (!(await storedSymbols(store)).every((symbol) => wanted.has(symbol))) return false;
  return !(await hasFutureRows(store, now));
}

/** Takes the counts from their table, and the numbers of unsettled rows from the table of unsettled days. */
async function fromCounts(store: Store, { from, to }: CountedRows): Promise<Map<Day, DayRows>> {
  const days = new Map<Day, DayRows>();
  const counts = await readColumns(
    store,
    "SELECT date, probed_count, available_count FROM daily_symbol_counts WHERE date BETWEEN $from AND $to",
    { day: "day", probed: "number", available: "number" },
    { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) },
  );
  for (const { count, columns } of counts) {
    for (let row = 0; row < count; row++) {
      const [probed = 0, available = 0] = [columns.probed[row], columns.available[row]];
      days.set(columns.day[row] ?? 0, { probed, available, due: 0, early: 0 });
    }
  }
  for (const { day, due, early } of (await storedUnsettledDays(store)) ??
    (await findUnsettledDays(store, { from, to }))) {
    const ofDay = days.get(day);
    if (ofDay !== undefined) [ofDay.due, ofDay.early] = [due, early];
  }
  return days;
}

/** Due holes on doubtful days, except those that would be due for the age of their probe alone. */
async function dueHoles(store: Store, { symbols, now }: CountedRows, doubtful: readonly Day[]) {
  if (doubtful.length === 0) return [];
  const wanted = new Set(symbols);
  const days = new Set(doubtful);
  const holes = await openHoles(store, { from: Math.min(...doubtful), to: Math.max(...doubtful) }, now);
  return holes.filter(({ symbol, day }) => wanted.has(symbol) && days.has(day));
}
