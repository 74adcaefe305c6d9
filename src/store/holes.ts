import type { Day } from "../calendar/day.js";
import { EVER, type Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { openHoleSql, probedBySql } from "../vision/finality.js";
import { RELISTED_AFTER_DAYS } from "../vision/lives.js";
import { classifySymbol } from "../vision/symbol.js";
import { DuckDBDateValue } from "./duckdb.js";
import { settledFolders, symbolLives } from "./lives.js";
import type { Store } from "./open.js";
import { select } from "./prepared.js";

/** A missing file. */
export interface MissingCell {
  symbol: string;
  day: Day;
  /** When it was probed, ms since the Unix epoch. */
  probedAt: number;
}

/**
 * The holes of every symbol, in order of symbol and day.
 *
 * @param now ms since the Unix epoch
 */
export async function holesIn(store: Store, now: number): Promise<MissingCell[]> {
  return await holesAmong(store, EVER, "true", now);
}

/**
 * The holes in a span whose probe would be final for any other missing file, but is too early for a hole.
 *
 * @param now ms since the Unix epoch
 */
export async function openHoles(store: Store, span: Span, now: number): Promise<MissingCell[]> {
  return await holesAmong(store, span, openHoleSql(store.dataset.finality), now);
}

/** The missing files that are holes: they lie inside a life of their symbol, not between two. */
async function holesAmong(store: Store, span: Span, condition: string, now: number): Promise<MissingCell[]> {
  const cells = await missingBetweenFiles(store, span, condition, now);
  if (cells.length === 0) return [];
  const symbols = [...new Set(cells.map(({ symbol }) => symbol))];
  const folders = await settledFolders(store, now, symbols);
  const lives = await symbolLives(
    store,
    symbols.filter((symbol) => folders.has(classifySymbol(symbol).ticker)),
    now,
    folders,
  );
  // Without a settled folder, only a longer gap separates two lives.
  return cells.filter(
    ({ symbol, day }) => lives.get(symbol)?.some((life) => life.from < day && day < life.to) !== false,
  );
}

/**
 * The missing files between two files close enough to belong to one life, in order of symbol and day. Few missing files
 * lie between the first and the last file of the surrounding days, so only those are compared with their neighbours.
 */
async function missingBetweenFiles(
  store: Store,
  { from, to }: Span,
  condition: string,
  now: number,
): Promise<MissingCell[]> {
  const isFile = `available AND ${probedBySql("$now::BIGINT")}
    AND files.date BETWEEN $from - ${RELISTED_AFTER_DAYS} AND $to + ${RELISTED_AFTER_DAYS}`;
  const found = await select(
    store,
    `WITH broken AS (
        SELECT symbol, min(date) AS first, max(date) AS last FROM availability AS files WHERE ${isFile}
        GROUP BY symbol HAVING count(*) <= max(date) - min(date)
      ), cells AS MATERIALIZED (
        SELECT symbol, date, probe_timestamp AS probed_at FROM availability JOIN broken USING (symbol)
        WHERE NOT available AND date > first AND date < last AND date BETWEEN $from AND $to
          AND ${probedBySql("$now::BIGINT")} AND ${condition}
      )
      SELECT symbol, ${dayNumber("cells.date")}, epoch_ms(any_value(probed_at))::DOUBLE
      FROM cells JOIN availability AS files USING (symbol)
      WHERE ${isFile}
        AND files.date BETWEEN cells.date - ${RELISTED_AFTER_DAYS} AND cells.date + ${RELISTED_AFTER_DAYS}
      GROUP BY symbol, cells.date
      HAVING min(files.date) FILTER (files.date > cells.date) - max(files.date) FILTER (files.date < cells.date)
        <= ${RELISTED_AFTER_DAYS}
      ORDER BY symbol, cells.date`,
    { from: new DuckDBDateValue(from), to: new DuckDBDateValue(to), now },
  );
  return found.map(([symbol, day, probedAt]) => ({
    symbol: String(symbol),
    day: Number(day),
    probedAt: Number(probedAt),
  }));
}
