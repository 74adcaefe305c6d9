import type { Day } from "../calendar/day.js";
import { dateOfDay, dayNumber } from "../calendar/sql.js";
import { LIST, INTEGER, listValue, VARCHAR } from "../store/duckdb.js";
import { settledFolders, symbolLives } from "../store/lives.js";
import type { Store } from "../store/open.js";
import { provisionalSql } from "../vision/finality.js";
import { RELISTED_AFTER_DAYS } from "../vision/lives.js";
import { DAY_MS } from "../calendar/day.js";
import { readRows } from "./read-rows.js";
import { ms } from "./select.js";
import { factsOf } from "./symbol-filter.js";

/** The time of one contract, from its first to its last file. */
export interface Life {
  symbol: string;
  first: Day;
  last: Day;
  /**
   * Whether `first` is known to be its beginning: the days before it were probed, as far as a gap must reach to separate
   * two lives. Else there may have been files before, and an age is only a lower bound.
   */
  begins: boolean;
  /** Whether it is known to have ended: by a later life, or by a believed day without a file. */
  ends: boolean;
}

/** Lives in a file that can't change while it is open: its readers keep every writer out. */
const kept = new WeakMap<Store, Map<string, Life[]>>();

/** The lives of every symbol that has one, by name, each ascending. */
export async function livesBySymbol(store: Store): Promise<Map<string, Life[]>> {
  const known = kept.get(store);
  if (known !== undefined) return known;
  const found = await findLives(store);
  if (store.access === "read") kept.set(store, found);
  return found;
}

async function findLives(store: Store): Promise<Map<string, Life[]>> {
  const { firstPeriod, finality } = store.dataset;
  const summaries = await readRows(
    store,
    `WITH files AS (
        SELECT symbol, min(date) AS first, max(date) AS last, count(*) AS files
        FROM availability WHERE available GROUP BY symbol
      )
      SELECT symbol, ${dayNumber("first")}, ${dayNumber("last")}, files::INTEGER,
        count(*) FILTER (date BETWEEN first - ${RELISTED_AFTER_DAYS} AND first - 1)::INTEGER,
        bool_or(NOT available AND date > last AND NOT ${provisionalSql(finality)}), ${ms("any_value(absent_at)")}
      FROM availability JOIN files USING (symbol) LEFT JOIN symbols USING (symbol)
      GROUP BY symbol, first, last, files ORDER BY symbol`,
    {
      symbol: "text",
      first: "day",
      last: "day",
      files: "number",
      before: "number",
      endsKnown: "flag",
      absentAt: "number?",
    },
  );
  const folders = await settledFolders(store);
  // Only a symbol that lacks enough days in all, or has a settled folder, can have several; finding them reads its days.
  const several = summaries.filter(
    ({ symbol, first, last, files }) =>
      last - first + 1 - files >= RELISTED_AFTER_DAYS || folders.has(factsOf(symbol).ticker),
  );
  const spans = await symbolLives(
    store,
    several.map(({ symbol }) => symbol),
  );
  const probedBefore = await rowsBefore(store, spans);
  return new Map(
    summaries.map(({ symbol, first, last, before, endsKnown, absentAt }) => {
      const wanted = Math.min(RELISTED_AFTER_DAYS, first - firstPeriod);
      const isAbsent = absentAt !== null && absentAt >= (first - 1) * DAY_MS;
      const own = spans.get(symbol) ?? [{ from: first, to: last }];
      const lives = own.map(({ from, to }, index) => ({
        symbol,
        first: from,
        last: to,
        begins:
          index === 0
            ? before >= wanted || isAbsent
            : (probedBefore.get(`${symbol} ${from}`) ?? 0) >= Math.min(RELISTED_AFTER_DAYS, from - firstPeriod),
        ends: index < own.length - 1 || endsKnown,
      }));
      return [symbol, lives];
    }),
  );
}

/** Rows of the days before each life but the first, as many as a gap must have, by symbol and first day. */
async function rowsBefore(
  { connection }: Store,
  lives: ReadonlyMap<string, readonly { from: Day }[]>,
): Promise<Map<string, number>> {
  const later = [...lives].flatMap(([symbol, spans]) => spans.slice(1).map(({ from }) => ({ symbol, from })));
  if (later.length === 0) return new Map();
  const found = await connection.runAndReadAll(
    `WITH lives AS (SELECT unnest($symbols) AS symbol, ${dateOfDay("unnest($days)")} AS first)
      SELECT symbol, ${dayNumber("first")}, count(*)::INTEGER FROM lives JOIN availability USING (symbol)
      WHERE date BETWEEN first - ${RELISTED_AFTER_DAYS} AND first - 1 GROUP BY symbol, first`,
    { symbols: listValue(later.map(({ symbol }) => symbol)), days: listValue(later.map(({ from }) => from)) },
    { symbols: LIST(VARCHAR), days: LIST(INTEGER) },
  );
  return new Map(found.getRows().map(([symbol, day, rows]) => [`${String(symbol)} ${Number(day)}`, Number(rows)]));
}

/** The life that a day lies in. */
export function lifeOn(lives: ReadonlyMap<string, readonly Life[]>, symbol: string, day: Day): Life | undefined {
  return lives.get(symbol)?.find(({ first, last }) => first <= day && day <= last);
}
