import { NotWrittenError } from "../errors.js";
import type { Store } from "../store/open.js";
import { lives, type Life } from "./lives.js";
import { readRows } from "./read-rows.js";
import { factsOf } from "./symbol-filter.js";

/** A life and those of the same ticker, under whatever name, in order of their first day. */
export interface TickerLife extends Life {
  ticker: string;
  ofTicker: readonly Life[];
}

/**
 * The lives of all symbols, each with those of its ticker. A delivery contract is on its own.
 *
 * @throws NotWrittenError when nothing is in the file.
 */
export async function tickerLives(store: Store): Promise<TickerLife[]> {
  const tickers = new Map<string, Life[]>();
  for (const life of await lives(store)) {
    const { class: kind, ticker } = factsOf(life.symbol);
    const key = kind === "delivery" ? life.symbol : ticker;
    const ofTicker = tickers.get(key) ?? [];
    ofTicker.push(life);
    tickers.set(key, ofTicker);
  }
  if (tickers.size === 0) await requireAnyDay(store);
  return [...tickers.values()].flatMap((ofTicker) => {
    ofTicker.sort((a, b) => a.first - b.first);
    return ofTicker.map((life) => ({ ...life, ticker: factsOf(life.symbol).ticker, ofTicker }));
  });
}

async function requireAnyDay(store: Store): Promise<void> {
  const days = await readRows(store, "SELECT 1 FROM daily_symbol_counts LIMIT 1", { one: "number" });
  if (days.length === 0) throw new NotWrittenError("no day is in the database yet: `bfa backfill` fills it");
}

/** Compares events by date, then by symbol. */
export function byDateAndSymbol(a: { date: string; symbol: string }, b: { date: string; symbol: string }): number {
  return a.date === b.date ? (a.symbol < b.symbol ? -1 : 1) : a.date < b.date ? -1 : 1;
}
