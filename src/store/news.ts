import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { finalSql, probedBySql } from "../vision/finality.js";
import { isSeparateContract, RELISTED_AFTER_DAYS } from "../vision/lives.js";
import { classifySymbol } from "../vision/symbol.js";
import { toStoreError } from "./duckdb-error.js";
import { emptyDays } from "./empty-days.js";
import { settledFolders, symbolLives } from "./lives.js";
import type { Store } from "./open.js";
import { CHANGE_KINDS, type ChangeKind } from "./write/changes.js";

/** A symbol and the day of an event. */
export interface SymbolDay {
  symbol: string;
  day: Day;
}

/** A file that came late, was replaced or was removed. */
export interface ChangedFile extends SymbolDay {
  kind: ChangeKind;
}

/** What a run found that was not known before. */
export interface News {
  /** First days of newly listed contracts. */
  listings: SymbolDay[];
  /** Last days of contracts that have ended. */
  delistings: SymbolDay[];
  /** At most {@link MAX_CHANGED_FILES}, in order of date and symbol. */
  changedFiles: ChangedFile[];
}

/** The news of a run that had nothing to write. */
export const NO_NEWS: News = { listings: [], delistings: [], changedFiles: [] };

/** Maximum number of files that {@link News} names; the run counts them all. */
export const MAX_CHANGED_FILES = 1000;

/**
 * Number of symbols whose files are read together. After a month without runs every symbol may have been listed again,
 * and the files of 1,000 symbols would take 100 MiB.
 */
const SYMBOLS_AT_A_TIME = 64;

/** From the first to the last file of a symbol, and whether it has ended. */
interface FileSpan extends Span {
  ended: boolean;
}

/** The span of files of each symbol that has any, for {@link newsSince}. */
export type FileSpans = ReadonlyMap<string, FileSpan>;

/**
 * A symbol has ended if the absence of a file on the day after its last one is final, which it is not on an empty day.
 *
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export async function fileSpans(store: Store, now: number): Promise<FileSpans> {
  const { connection, dataset, file } = store;
  try {
    const empty = await emptyDays(store, now);
    const found = await connection.runAndReadAll(
      `WITH files AS (SELECT symbol, min(date) AS first, max(date) AS last FROM availability WHERE available GROUP BY symbol)
        SELECT files.symbol, ${dayNumber("first")}, ${dayNumber("last")}, coalesce(${finalSql(dataset.finality)} AND ${probedBySql(now)}, false)
        FROM files LEFT JOIN availability AS next ON next.symbol = files.symbol AND next.date = last + 1`,
    );
    return new Map(
      found
        .getRows()
        .map(([symbol, from, to, ended]) => [
          String(symbol),
          { from: Number(from), to: Number(to), ended: ended === true && !empty.has(Number(to) + 1) },
        ]),
    );
  } catch (error) {
    throw toStoreError(file, error);
  }
}

/**
 * What a run found. In a database that was empty nothing is news, and neither is anything before its first day.
 *
 * @param before the spans before the run
 * @param now ms since the Unix epoch
 * @throws StoreError when the file can't be read
 */
export async function newsSince(store: Store, before: FileSpans, runId: number, now: number): Promise<News> {
  const after = await fileSpans(store, now);
  try {
    const delistings = [...after]
      .filter(([symbol, { ended }]) => ended && before.get(symbol)?.ended === false)
      .map(([symbol, { to }]) => ({ symbol, day: to }));
    return {
      listings: await ofContracts(store, await listingsSince(store, before, after, now), now),
      delistings: await ofContracts(store, delistings.sort(byDayAndSymbol), now),
      changedFiles: await changedFiles(store, runId),
    };
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

async function listingsSince(store: Store, before: FileSpans, after: FileSpans, now: number): Promise<SymbolDay[]> {
  const firstDay = Math.min(...[...before.values()].map(({ from }) => from));
  const added = [...after].filter(([symbol, { from }]) => !before.has(symbol) && from > firstDay);
  const names = mayBeRelisted(before, after);
  const folders = await settledFolders(store, now, names);
  const relistings: SymbolDay[] = [];
  for (let start = 0; start < names.length; start += SYMBOLS_AT_A_TIME) {
    const lives = await symbolLives(store, names.slice(start, start + SYMBOLS_AT_A_TIME), now, folders);
    for (const [symbol, ofSymbol] of lives) {
      const last = before.get(symbol)?.to ?? Infinity;
      for (const { from } of ofSymbol) if (from > last) relistings.push({ symbol, day: from });
    }
  }
  return [...added.map(([symbol, { from }]) => ({ symbol, day: from })), ...relistings].sort(byDayAndSymbol);
}

/**
 * Symbols with new files that may belong to another contract than their earlier ones: after a gap that is long enough
 * for that, or of any length if the ticker has a settled folder.
 */
function mayBeRelisted(before: FileSpans, after: FileSpans): string[] {
  const classified = [...after].map(([symbol, { to }]) => ({ symbol, to, ...classifySymbol(symbol) }));
  const settled = new Set(classified.filter((one) => one.class === "settled").map(({ ticker }) => ticker));
  return classified
    .filter((one) => {
      const gap = one.to - (before.get(one.symbol)?.to ?? one.to);
      return gap > RELISTED_AFTER_DAYS || (gap > 0 && one.class === "perpetual" && settled.has(one.ticker));
    })
    .map(({ symbol }) => symbol);
}

/** The events without those of settled folders that are no separate contract. */
async function ofContracts(store: Store, events: readonly SymbolDay[], now: number): Promise<SymbolDay[]> {
  const names = events.flatMap(({ symbol }) => {
    const { class: kind, ticker } = classifySymbol(symbol);
    return kind === "settled" ? [symbol, ticker] : [];
  });
  const lives = await symbolLives(store, names, now, await settledFolders(store, now, names));
  return events.filter(({ symbol, day }) => {
    const { class: kind, ticker } = classifySymbol(symbol);
    if (kind !== "settled") return true;
    const life = lives.get(symbol)?.find(({ from, to }) => from <= day && day <= to);
    return life !== undefined && isSeparateContract(life, lives.get(ticker) ?? []);
  });
}

async function changedFiles({ connection }: Store, runId: number): Promise<ChangedFile[]> {
  const found = await connection.runAndReadAll(
    `SELECT symbol, ${dayNumber("date")}, kind FROM changes WHERE run_id = $runId ORDER BY date, symbol
      LIMIT ${MAX_CHANGED_FILES}`,
    { runId },
  );
  return found.getRows().flatMap(([symbol, day, kind]) => {
    const known = CHANGE_KINDS.find((each) => each === kind);
    return known === undefined ? [] : [{ symbol: String(symbol), day: Number(day), kind: known }];
  });
}

function byDayAndSymbol(a: SymbolDay, b: SymbolDay): number {
  return a.day - b.day || (a.symbol < b.symbol ? -1 : 1);
}
