import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { livesOf, type LifeSpan } from "../vision/lives.js";
import { classifySymbol } from "../vision/symbol.js";
import { LIST, listValue, VARCHAR } from "./duckdb.js";
import type { Store } from "./open.js";

/**
 * The lives of some symbols, each ascending.
 *
 * @param now ms since the Unix epoch
 */
export async function symbolLives(
  store: Store,
  symbols: readonly string[],
  now: number,
): Promise<Map<string, LifeSpan[]>> {
  const lives = new Map<string, LifeSpan[]>();
  if (symbols.length === 0) return lives;
  const { connection } = store;
  const folders = await settledFolders(store, now);
  const found = await connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("date")}, file_size_bytes::DOUBLE FROM availability
      WHERE available AND ${probedBySql(now)} AND symbol IN (SELECT unnest($symbols)) ORDER BY symbol, date`,
    { symbols: listValue([...symbols]) },
    { symbols: LIST(VARCHAR) },
  );
  const files = new Map<string, { day: Day; size: number }[]>();
  for (const [symbol, day, size] of found.getRows()) {
    const ofSymbol = files.get(String(symbol)) ?? [];
    ofSymbol.push({ day: Number(day), size: Number(size) });
    files.set(String(symbol), ofSymbol);
  }
  for (const [symbol, ofSymbol] of files) {
    const { class: kind, ticker } = classifySymbol(symbol);
    lives.set(symbol, livesOf(ofSymbol, kind === "perpetual" ? (folders.get(ticker) ?? []) : []));
  }
  return lives;
}

/** From the first to the last file of each settled folder, by ticker. */
export async function settledFolders({ connection }: Store, now: number): Promise<Map<string, Span[]>> {
  const folders = new Map<string, Span[]>();
  const found = await connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("min(date)")}, ${dayNumber("max(date)")} FROM availability
      WHERE available AND ${probedBySql(now)} AND symbol LIKE '%SETTLED' GROUP BY symbol`,
  );
  for (const [symbol, first, last] of found.getRows()) {
    const { ticker } = classifySymbol(String(symbol));
    const ofTicker = folders.get(ticker) ?? [];
    ofTicker.push({ from: Number(first), to: Number(last) });
    folders.set(ticker, ofTicker);
  }
  return folders;
}
