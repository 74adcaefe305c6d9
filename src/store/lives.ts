import type { Day } from "../calendar/day.js";
import { islands } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { probedBySql } from "../vision/finality.js";
import { livesOf, type LifeFile, type LifeSpan, type SettledFolder } from "../vision/lives.js";
import { classifySymbol } from "../vision/symbol.js";
import type { StoredCell } from "./cells.js";
import type { Store } from "./open.js";
import { readColumns } from "./read-rows.js";
import { storedSymbols } from "./stored-symbols.js";
import { tradedDays, type TradedDays } from "./traded.js";

/**
 * The lives of symbols, ascending for each.
 *
 * @param now ms since the Unix epoch
 * @param folders the settled folders of their tickers, from {@link settledFolders}
 */
export async function symbolLives(
  store: Store,
  symbols: readonly string[],
  now: number,
  folders: ReadonlyMap<string, SettledFolder[]>,
): Promise<Map<string, LifeSpan[]>> {
  const lives = new Map<string, LifeSpan[]>();
  if (symbols.length === 0) return lives;
  const found = await readColumns(
    store,
    `SELECT symbol, ${dayNumber("date")}, coalesce(file_size_bytes, 0)::DOUBLE FROM availability
      WHERE available AND ${probedBySql("$now::BIGINT")} AND symbol IN (SELECT unnest($symbols)) ORDER BY symbol, date`,
    { symbol: "text", day: "day", size: "number" },
    { symbols, now },
  );
  const files = new Map<string, FileColumns>();
  for (const { count, columns } of found) {
    for (let row = 0; row < count; row++) {
      const symbol = columns.symbol[row] ?? "";
      let ofSymbol = files.get(symbol);
      if (ofSymbol === undefined) files.set(symbol, (ofSymbol = { days: [], sizes: [] }));
      ofSymbol.days.push(columns.day[row] ?? NaN);
      ofSymbol.sizes.push(columns.size[row] ?? NaN);
    }
  }
  const traded = await tradesOfRelisted(store, symbols, folders, now);
  for (const [symbol, ofSymbol] of files) lives.set(symbol, livesOfSymbol(symbol, filesOf(ofSymbol), folders, traded));
  return lives;
}

/** The files of a symbol in columns: keeping an object per file takes a sixteenth of the time of a query for listings. */
interface FileColumns {
  days: Day[];
  sizes: number[];
}

function* filesOf({ days, sizes }: FileColumns): Generator<LifeFile> {
  for (let file = 0; file < days.length; file++) yield { day: days[file] ?? NaN, size: sizes[file] ?? NaN };
}

/** Trades affect only the lives of tickers with a settled folder. */
async function tradesOfRelisted(
  store: Store,
  symbols: readonly string[],
  folders: ReadonlyMap<string, SettledFolder[]>,
  now: number,
): Promise<TradedDays> {
  return await tradedDays(
    store,
    symbols.filter((symbol) => folders.has(classifySymbol(symbol).ticker)),
    now,
  );
}

/**
 * The lives of a symbol whose rows were already read.
 *
 * @param cells all rows of the symbol, ascending by day
 * @param now ms since the Unix epoch
 */
export async function livesAmong(
  store: Store,
  symbol: string,
  cells: readonly StoredCell[],
  now: number,
): Promise<LifeSpan[]> {
  const files = cells
    .filter(({ available, probedAt }) => available && probedAt <= now)
    .map(({ day, sizeBytes }) => ({ day, size: sizeBytes ?? 0 }));
  const folders = await settledFolders(store, now, [symbol]);
  return livesOfSymbol(symbol, files, folders, await tradesOfRelisted(store, [symbol], folders, now));
}

/** A settled folder belongs to one contract; only a ticker's own name can have several lives. */
function livesOfSymbol(
  symbol: string,
  files: Iterable<LifeFile>,
  folders: ReadonlyMap<string, SettledFolder[]>,
  traded: TradedDays,
): LifeSpan[] {
  const { class: kind, ticker } = classifySymbol(symbol);
  const settled = (kind === "perpetual" && folders.get(ticker)) || [];
  return livesOf(settled.length === 0 ? files : withTrades(symbol, files, traded), settled);
}

function* withTrades(symbol: string, files: Iterable<LifeFile>, traded: TradedDays): Generator<LifeFile> {
  for (const { day, size } of files) yield { day, size, traded: traded(symbol, day) };
}

/**
 * The settled folders of each ticker that has any.
 *
 * @param symbols only folders of their tickers; all by default
 */
export async function settledFolders(
  store: Store,
  now: number,
  symbols?: readonly string[],
): Promise<Map<string, SettledFolder[]>> {
  if (symbols?.length === 0) return new Map();
  const tickers = symbols && new Set(symbols.map((symbol) => classifySymbol(symbol).ticker));
  const names = (await storedSymbols(store)).filter((symbol) => {
    const { class: kind, ticker } = classifySymbol(symbol);
    return kind === "settled" && tickers?.has(ticker) !== false;
  });
  if (names.length === 0) return new Map();
  const found = await readColumns(
    store,
    `SELECT symbol, ${dayNumber("date")} FROM availability
      WHERE available AND ${probedBySql("$now::BIGINT")} AND symbol IN (SELECT unnest($symbols)) ORDER BY symbol, date`,
    { symbol: "text", day: "day" },
    { symbols: names, now },
  );
  const days = new Map<string, Day[]>();
  for (const { count, columns } of found) {
    for (let row = 0; row < count; row++) {
      const [symbol = "", day = NaN] = [columns.symbol[row], columns.day[row]];
      let ofSymbol = days.get(symbol);
      if (ofSymbol === undefined) days.set(symbol, (ofSymbol = []));
      ofSymbol.push(day);
    }
  }
  const folders = new Map<string, SettledFolder[]>();
  for (const [symbol, ofSymbol] of days) {
    const { ticker } = classifySymbol(symbol);
    folders.set(ticker, [...(folders.get(ticker) ?? []), islands(ofSymbol)]);
  }
  return folders;
}
