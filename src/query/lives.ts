import { DAY_MS, type Day } from "../calendar/day.js";
import { countDays, type Span } from "../calendar/span.js";
import { dateOfDay } from "../calendar/sql.js";
import { LIST, INTEGER, listValue, VARCHAR } from "../store/duckdb.js";
import { emptyDays } from "../store/empty-days.js";
import { hasFutureRows } from "../store/probed.js";
import { settledFolders, symbolLives } from "../store/lives.js";
import { oncePerReader } from "../store/once-per-reader.js";
import type { Store } from "../store/open.js";
import { symbolFiles } from "../store/symbol-files.js";
import { finalFrom, finalSql, probedBySql } from "../vision/finality.js";
import { RELISTED_AFTER_DAYS } from "../vision/lives.js";
import { readRows } from "../store/read-rows.js";
import { factsOf } from "./symbol-filter.js";

/** The time of one contract, from its first to its last file. */
export interface Life {
  symbol: string;
  first: Day;
  last: Day;
  /**
   * Whether `first` is known to be its beginning: the days before it that separate two lives were probed, or a later
   * listing of the bucket lacked the symbol. Otherwise there may have been earlier files, and an age is a lower bound.
   */
  begins: boolean;
  /**
   * Whether `last` is known to be its end: the next life follows directly, or the absence of a file on the next day is
   * final, which it is not on an empty day. Otherwise there may be later files.
   */
  ends: boolean;
}

/**
 * The lives of all symbols, by name, ascending.
 *
 * @param now ms since the Unix epoch
 */
export const livesBySymbol = oncePerReader(findLives, async (_, store, now) => !(await hasFutureRows(store, now)));

async function findLives(store: Store, now: number): Promise<Map<string, Life[]>> {
  const { firstPeriod, finality } = store.dataset;
  const summaries = await symbolFiles(store, now);
  const absentDays = await absentDaysOf(store, now);
  const folders = await settledFolders(store, now);
  const empty = await emptyDays(store, now);
  // Only symbols that lack enough days or have a settled folder can have several lives, so only their days are read.
  const several = summaries.filter(
    ({ symbol, first, last, files }) =>
      last - first + 1 - files >= RELISTED_AFTER_DAYS || folders.has(factsOf(symbol).ticker),
  );
  const spans = await symbolLives(
    store,
    several.map(({ symbol }) => symbol),
    now,
    folders,
  );
  const lives = new Map<string, Life[]>();
  // Beginnings that the first and last row and the earliest probe don't decide.
  const openBeginnings: { life: Life; quiet: Span }[] = [];
  const openEnds: Life[] = [];
  for (const { symbol, first, last, rows, firstRow, lastRow, firstProbe } of summaries) {
    const own = spans.get(symbol) ?? [{ from: first, to: last, quietDays: RELISTED_AFTER_DAYS }];
    const isWhole = rows === lastRow - firstRow + 1;
    const ofSymbol = own.map(({ from, to, quietDays }, index) => {
      const quiet = { from: Math.max(from - quietDays, firstPeriod, absentDays.get(symbol) ?? 0), to: from - 1 };
      const begins = countDays([quiet]) === 0 || (isWhole && firstRow <= quiet.from);
      const next = to + 1;
      const mayEnd = to < lastRow && !empty.has(next);
      const ends = own[index + 1]?.from === next || (mayEnd && isWhole && firstProbe >= finalFrom(finality, next));
      const life = { symbol, first: from, last: to, begins, ends };
      if (!begins && !isWhole) openBeginnings.push({ life, quiet });
      if (!ends && mayEnd) openEnds.push(life);
      return life;
    });
    lives.set(symbol, ofSymbol);
  }
  const found = await rowsIn(store, openBeginnings, now);
  for (const [index, { life, quiet }] of openBeginnings.entries()) {
    life.begins = (found[index] ?? 0) >= countDays([quiet]);
  }
  for (const index of await endedAmong(store, openEnds, now)) {
    const life = openEnds[index];
    if (life !== undefined) life.ends = true;
  }
  return lives;
}

/** For each symbol, the day of the last complete listing without it. */
async function absentDaysOf(store: Store, now: number): Promise<Map<string, Day>> {
  const found = await readRows(
    store,
    `SELECT symbol, (epoch_ms(absent_at) // ${DAY_MS})::INTEGER FROM symbols WHERE epoch_ms(absent_at) <= $now`,
    { symbol: "text", day: "day" },
    { now },
  );
  return new Map(found.map(({ symbol, day }) => [symbol, day]));
}

/** The number of rows of each life in a span of days. */
async function rowsIn(
  { connection }: Store,
  asked: readonly { life: Life; quiet: Span }[],
  now: number,
): Promise<number[]> {
  if (asked.length === 0) return [];
  const found = await connection.runAndReadAll(
    `WITH asked AS (SELECT unnest($symbols) AS symbol, ${dateOfDay("unnest($from)")} AS first,
        ${dateOfDay("unnest($to)")} AS last, unnest($places) AS place)
      SELECT place, count(date)::INTEGER FROM asked LEFT JOIN availability
        ON availability.symbol = asked.symbol AND date BETWEEN first AND last AND ${probedBySql(now)}
      GROUP BY place ORDER BY place`,
    {
      symbols: listValue(asked.map(({ life }) => life.symbol)),
      from: listValue(asked.map(({ quiet }) => quiet.from)),
      to: listValue(asked.map(({ quiet }) => quiet.to)),
      places: listValue(asked.map((_, place) => place)),
    },
    { symbols: LIST(VARCHAR), from: LIST(INTEGER), to: LIST(INTEGER), places: LIST(INTEGER) },
  );
  return found.getRows().map(([, rows]) => Number(rows));
}

/** The indexes of the lives that have ended: a missing file on the next day is final. */
async function endedAmong({ connection, dataset }: Store, asked: readonly Life[], now: number): Promise<number[]> {
  if (asked.length === 0) return [];
  const found = await connection.runAndReadAll(
    `WITH asked AS (SELECT unnest($symbols) AS symbol, ${dateOfDay("unnest($days)")} AS date, unnest($places) AS place)
      SELECT place FROM asked JOIN availability USING (symbol, date)
      WHERE NOT available AND ${finalSql(dataset.finality)} AND ${probedBySql(now)}`,
    {
      symbols: listValue(asked.map(({ symbol }) => symbol)),
      days: listValue(asked.map(({ last }) => last + 1)),
      places: listValue(asked.map((_, place) => place)),
    },
    { symbols: LIST(VARCHAR), days: LIST(INTEGER), places: LIST(INTEGER) },
  );
  return found.getRows().map(([place]) => Number(place));
}

/** The life that contains a day. */
export function lifeOn(lives: ReadonlyMap<string, readonly Life[]>, symbol: string, day: Day): Life | undefined {
  return lives.get(symbol)?.find(({ first, last }) => first <= day && day <= last);
}
