import { DAY_MS, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import {
  finalFrom,
  holeFinalFrom,
  openHoleSql,
  probedBySql,
  provisionalSql,
  publishedFrom,
  unpublishedSql,
  type Finality,
} from "../vision/finality.js";
import { RELISTED_AFTER_DAYS } from "../vision/lives.js";
import type { StoredCell } from "./cells.js";
import { DuckDBDateValue } from "./duckdb.js";
import { holesAmong } from "./holes.js";
import { LAYOUT } from "./layout.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";
import { hasRowsOfLater } from "./probed.js";
import { storedSymbols } from "./stored-symbols.js";

/** Rows of a day, counted. */
export interface DayRows {
  probed: number;
  available: number;
  /** Rows that must be probed again. */
  due: number;
  /** Missing files by a probe from before a day counts as published. */
  early: number;
}

/** Which rows are counted. */
export interface CountedRows extends Span {
  symbols: readonly string[];
  /** Leaves out rows that say they were probed later, ms since the Unix epoch. */
  now: number;
  /** All of these rows, others among them, if they were read already. */
  cells?: readonly StoredCell[] | undefined;
}

/** Counts by day, and the days that have missing files which may be holes, and would be due as such. */
interface Counted {
  days: Map<Day, DayRows>;
  doubtful: Day[];
}

/** SQL: rows by what they say of their day. Those that the age of their probe alone makes due are not doubtful. */
const unsettledSql = (finality: Finality) => ({
  due: provisionalSql(finality),
  early: `NOT available AND ${unpublishedSql(finality)}`,
  doubtful: `NOT available AND ${openHoleSql(finality)}`,
});

/** SQL: whether a row is among those that are counted. */
const COUNTED = `date BETWEEN $from AND $to AND symbol IN (SELECT unnest($symbols)) AND ${probedBySql("$now::BIGINT")}`;

/** Counts the rows of each day; days without a row are left out. */
export async function dayRows(store: Store, asked: CountedRows): Promise<Map<Day, DayRows>> {
  const { days, doubtful } =
    asked.cells !== undefined
      ? fromCells(asked, asked.cells, store.dataset.finality)
      : (await countsSuffice(store, asked))
        ? await fromCounts(store, asked)
        : await fromRows(store, asked);
  for (const { day } of await dueHoles(store, asked, doubtful)) {
    const ofDay = days.get(day);
    if (ofDay !== undefined) ofDay.due++;
  }
  return days;
}

function parametersOf({ from, to, symbols, now }: CountedRows) {
  return { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to), symbols, now };
}

function fromCells({ symbols, from, to, now }: CountedRows, cells: readonly StoredCell[], finality: Finality): Counted {
  const asked = new Set(symbols);
  const days = new Map<Day, DayRows>();
  const doubtful = new Set<Day>();
  for (const { symbol, day, available, probedAt } of cells) {
    if (day < from || day > to || probedAt > now || !asked.has(symbol)) continue;
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

async function fromRows(store: Store, asked: CountedRows): Promise<Counted> {
  const { due, early, doubtful } = unsettledSql(store.dataset.finality);
  const found = await select(
    store,
    `SELECT ${dayNumber("date")}, count(*)::INTEGER, count(*) FILTER (available)::INTEGER,
        count(*) FILTER (${due})::INTEGER, count(*) FILTER (${early})::INTEGER, count(*) FILTER (${doubtful})::INTEGER
      FROM availability WHERE ${COUNTED} GROUP BY date`,
    parametersOf(asked),
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
 * Whether the table of counts tells how many rows each day has, so that most rows need no look: every row is asked about,
 * and none says that it was probed later than now. A span within a block of days is as quickly counted.
 */
async function countsSuffice(store: Store, { from, to, symbols, now }: CountedRows): Promise<boolean> {
  if (to - from < LAYOUT.blockDays) return false;
  const asked = new Set(symbols);
  if (!(await storedSymbols(store)).every((symbol) => asked.has(symbol))) return false;
  return !(await hasRowsOfLater(store, now));
}

/** Days of the first window in which rows that are not settled are looked for: a hole's rows can be so as long. */
const FIRST_WINDOW_DAYS = 96;

/**
 * Takes the counts from their table, and looks for rows that are not settled in windows of days: DuckDB skips every row
 * group whose probes all came later than those of a window's last day need to be. Each window is eight times as long as
 * the one after it, since the newest rows are those that were probed early.
 */
async function fromCounts(store: Store, { from, to }: CountedRows): Promise<Counted> {
  const { finality } = store.dataset;
  const found = await select(
    store,
    `SELECT ${dayNumber("date")}, probed_count, available_count FROM daily_symbol_counts WHERE date BETWEEN $from AND $to`,
    { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to) },
  );
  const counted: Counted = { days: new Map(), doubtful: [] };
  for (const [day, probed, available] of found) {
    counted.days.set(Number(day), { probed: Number(probed), available: Number(available), due: 0, early: 0 });
  }
  const { due, early, doubtful } = unsettledSql(finality);
  for (let last = to, days = FIRST_WINDOW_DAYS; last >= from; last -= days, days *= 8) {
    const unsettled = await select(
      store,
      `SELECT ${dayNumber("date")}, count(*) FILTER (${due})::INTEGER, count(*) FILTER (${early})::INTEGER,
          count(*) FILTER (${doubtful})::INTEGER
        FROM availability
        WHERE date BETWEEN $from AND $to AND probe_timestamp < epoch_ms($settled::BIGINT)::TIMESTAMP_MS
          AND (${due} OR ${doubtful})
        GROUP BY date`,
      {
        from: new DuckDBDateValue(Math.max(from, last - days + 1)),
        to: new DuckDBDateValue(last),
        settled: (last + finality.holeAfterDays) * DAY_MS,
      },
    );
    for (const row of unsettled) {
      const [day = 0, ofDue = 0, ofEarly = 0, ofDoubtful = 0] = row.map(Number);
      const ofDay = counted.days.get(day);
      if (ofDay !== undefined) Object.assign(ofDay, { due: ofDue, early: ofEarly });
      if (ofDoubtful > 0) counted.doubtful.push(day);
    }
  }
  return counted;
}

/**
 * Holes on doubtful days that are due, apart from those that are so by their age alone. Most missing files are no holes:
 * they lie before the first or after the last file of their symbol.
 */
async function dueHoles(store: Store, asked: CountedRows, doubtful: readonly Day[]) {
  if (doubtful.length === 0) return [];
  const [from, to] = [Math.min(...doubtful), Math.max(...doubtful)];
  const found = await select(
    store,
    `WITH files AS (
        SELECT symbol, min(date) AS first, max(date) AS last FROM availability
        WHERE available AND date BETWEEN $from - ${RELISTED_AFTER_DAYS} AND $to + ${RELISTED_AFTER_DAYS}
          AND ${probedBySql("$now::BIGINT")}
        GROUP BY symbol
      )
      SELECT symbol, ${dayNumber("date")} FROM availability JOIN files USING (symbol)
      WHERE ${COUNTED} AND date > first AND date < last AND ${unsettledSql(store.dataset.finality).doubtful}`,
    parametersOf({ ...asked, from, to }),
  );
  const missing = found.map(([symbol, day]) => ({ symbol: String(symbol), day: Number(day) }));
  return await holesAmong(store, missing, asked.now);
}
