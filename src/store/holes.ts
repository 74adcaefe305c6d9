import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dateLiteral, dateOfDay, dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { RELISTED_AFTER_DAYS, separatesLives } from "../vision/lives.js";
import { classifySymbol } from "../vision/symbol.js";
import { INTEGER, LIST, listValue, VARCHAR } from "./duckdb.js";
import { settledFolders, symbolLives } from "./lives.js";
import type { Store } from "./open.js";

/** A missing file. */
export interface MissingCell {
  symbol: string;
  day: Day;
}

/**
 * The holes of every symbol, in order of symbol and day.
 *
 * @param now ms since the Unix epoch
 */
export async function holesIn(store: Store, now: number): Promise<MissingCell[]> {
  const found = await store.connection.runAndReadAll(
    `WITH files AS (SELECT symbol, min(date) AS first, max(date) AS last FROM availability WHERE available GROUP BY symbol)
      SELECT symbol, ${dayNumber("date")} FROM availability JOIN files USING (symbol)
      WHERE NOT available AND date > first AND date < last AND ${probedBySql(now)} ORDER BY symbol, date`,
  );
  const missing = found.getRows().map(([symbol, day]) => ({ symbol: String(symbol), day: Number(day) }));
  return await holesAmong(store, missing, now);
}

/**
 * Which missing files are holes, that is, lie within a life of their symbol and not between two.
 *
 * @param now ms since the Unix epoch
 */
export async function holesAmong<Cell extends MissingCell>(
  store: Store,
  cells: readonly Cell[],
  now: number,
): Promise<Cell[]> {
  if (cells.length === 0) return [];
  const symbols = [...new Set(cells.map(({ symbol }) => symbol))];
  const folders = await settledFolders(store, now, symbols);
  const lives = await symbolLives(
    store,
    symbols.filter((symbol) => folders.has(classifySymbol(symbol).ticker)),
    now,
  );
  const neighbours = await neighbouringFiles(store, cells, now);
  return cells.filter(({ symbol, day }) => {
    const ofSymbol = lives.get(symbol);
    if (ofSymbol !== undefined) return ofSymbol.some((life) => life.from < day && day < life.to);
    const around = neighbours.get(`${symbol} ${day}`);
    return around !== undefined && !separatesLives(around.from, around.to, []);
  });
}

/**
 * The last file before and the first one after each missing one that has both so near that one life can hold them, by
 * symbol and day.
 */
async function neighbouringFiles(
  { connection }: Store,
  cells: readonly MissingCell[],
  now: number,
): Promise<Map<string, Span>> {
  const days = cells.map(({ day }) => day);
  const first = days.reduce((least, day) => Math.min(least, day), Infinity) - RELISTED_AFTER_DAYS;
  const last = days.reduce((most, day) => Math.max(most, day), 0) + RELISTED_AFTER_DAYS;
  const found = await connection.runAndReadAll(
    `WITH cells AS (SELECT unnest($symbols) AS symbol, ${dateOfDay("unnest($days)")} AS date)
      SELECT symbol, ${dayNumber("cells.date")}, ${dayNumber("max(files.date) FILTER (files.date < cells.date)")},
        ${dayNumber("min(files.date) FILTER (files.date > cells.date)")}
      FROM cells JOIN availability AS files USING (symbol)
      WHERE available AND ${probedBySql(now)} AND files.date BETWEEN ${dateLiteral(Math.max(0, first))} AND ${dateLiteral(last)}
        AND files.date BETWEEN cells.date - ${RELISTED_AFTER_DAYS} AND cells.date + ${RELISTED_AFTER_DAYS}
      GROUP BY symbol, cells.date
      HAVING min(files.date) < cells.date AND max(files.date) > cells.date`,
    { symbols: listValue(cells.map(({ symbol }) => symbol)), days: listValue(days) },
    { symbols: LIST(VARCHAR), days: LIST(INTEGER) },
  );
  return new Map(
    found
      .getRows()
      .map(([symbol, day, from, to]) => [`${String(symbol)} ${Number(day)}`, { from: Number(from), to: Number(to) }]),
  );
}
