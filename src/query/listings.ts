import { NotWrittenError } from "../errors.js";
import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { factsOf, passes, type SymbolFilter } from "./symbol-filter.js";
import { lives, type Life } from "./lives.js";
import { dateText, select } from "./select.js";

/** A symbol's first file, or its first after a long absence. */
export interface ListingRow {
  date: string;
  symbol: string;
  /** The name without settled suffixes: what the exchange calls it. */
  ticker: string;
  /** `relisting` when the ticker had an earlier life, under this name or a settled one. */
  event: "listing" | "relisting";
  /** For a relisting: the symbol of the earlier life, and its last day. */
  previous_symbol: string | null;
  previous_last_date: string | null;
}

/** A symbol's last file. It is not always the last trade: dead contracts can go on getting flat files. */
export interface DelistingRow {
  date: string;
  symbol: string;
  ticker: string;
  days_listed: number;
  /** First day of the ticker's next life, under this name or another, null when it has none. */
  relisted_date: string | null;
}

/** Which events: those of a range of days (both included), or all. */
export interface EventFilter extends SymbolFilter {
  from?: Day;
  to?: Day;
}

/**
 * First days, by date and name. The first day known of a symbol is a listing only if the day before was probed too, or
 * nothing can have been there before.
 *
 * @throws NotWrittenError when nothing is in the file.
 */
export async function listings(store: Store, filter: EventFilter = {}): Promise<ListingRow[]> {
  const all = await livesByTicker(store);
  const rows = [...all.values()].flatMap((ofTicker) =>
    ofTicker.flatMap((life) => {
      if (!isWanted(life.symbol, life.first, filter)) return [];
      if (!life.begins && life.first > store.dataset.firstPeriod) return [];
      const previous = ofTicker.filter((other) => other.last < life.first).at(-1);
      return [
        {
          date: dateText(life.first),
          symbol: life.symbol,
          ticker: factsOf(life.symbol).ticker,
          event: previous === undefined ? ("listing" as const) : ("relisting" as const),
          previous_symbol: previous?.symbol ?? null,
          previous_last_date: previous === undefined ? null : dateText(previous.last),
        },
      ];
    }),
  );
  return rows.sort(byDateAndSymbol);
}

/**
 * Last days, by date and name: of symbols that are known, by a final day, to have no file after it.
 *
 * @throws NotWrittenError when nothing is in the file.
 */
export async function delistings(store: Store, filter: EventFilter = {}): Promise<DelistingRow[]> {
  const all = await livesByTicker(store);
  const rows = [...all.values()].flatMap((ofTicker) =>
    ofTicker.flatMap((life) => {
      if (!life.ends || !isWanted(life.symbol, life.last, filter)) return [];
      const next = ofTicker.find((other) => other.first > life.last);
      return [
        {
          date: dateText(life.last),
          symbol: life.symbol,
          ticker: factsOf(life.symbol).ticker,
          days_listed: life.last - life.first + 1,
          relisted_date: next === undefined ? null : dateText(next.first),
        },
      ];
    }),
  );
  return rows.sort(byDateAndSymbol);
}

/** Lives of each ticker in order of their first day; deliveries of a ticker are contracts of their own. */
async function livesByTicker(store: Store): Promise<Map<string, Life[]>> {
  const tickers = new Map<string, Life[]>();
  for (const life of await lives(store)) {
    const facts = factsOf(life.symbol);
    const key = facts.class === "delivery" ? life.symbol : facts.ticker;
    const ofTicker = tickers.get(key) ?? [];
    ofTicker.push(life);
    tickers.set(key, ofTicker);
  }
  if (tickers.size === 0) await requireAnyDay(store);
  for (const ofTicker of tickers.values()) ofTicker.sort((a, b) => a.first - b.first);
  return tickers;
}

async function requireAnyDay(store: Store): Promise<void> {
  const days = await select(store, "SELECT 1 FROM daily_symbol_counts LIMIT 1");
  if (days.length === 0) throw new NotWrittenError("no day is in the database yet: `bfa backfill` fills it");
}

function isWanted(symbol: string, day: Day, { from = -Infinity, to = Infinity, ...filter }: EventFilter): boolean {
  return day >= from && day <= to && passes(symbol, filter);
}

function byDateAndSymbol(a: { date: string; symbol: string }, b: { date: string; symbol: string }): number {
  return a.date === b.date ? (a.symbol < b.symbol ? -1 : 1) : a.date < b.date ? -1 : 1;
}
