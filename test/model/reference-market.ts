import type { Day } from "../../src/calendar/day.js";
import type { MarketEvent } from "./oracle/market.js";

/** A life of a ticker, according to the reference. */
interface TickerLife {
  symbol: string;
  first: Day;
  last: Day;
  exact: boolean;
  ended: boolean;
}

const SUFFIX = /(_?SETTLED)+$/;

/** The reference's listings and delistings: the starts and ends of each ticker's lives. */
export function eventsOf(lives: readonly TickerLife[]): MarketEvent[] {
  const events: MarketEvent[] = [];
  for (const ticker of new Set(lives.map(({ symbol }) => symbol.replace(SUFFIX, "")))) {
    const own = lives.filter(({ symbol }) => symbol === ticker);
    const settled = lives.filter(({ symbol }) => symbol !== ticker && symbol.replace(SUFFIX, "") === ticker);
    const start = Math.max(...own.map(({ first }) => first));
    const apart = settled.filter((life) => {
      const overlaps = own.some(({ first, last }) => first <= life.last && life.first <= last);
      return !overlaps && (own.length === 0 || life.last < start);
    });
    const contracts = [...own, ...apart].sort((a, b) => a.first - b.first);
    for (const [index, { symbol, first, last, exact, ended }] of contracts.entries()) {
      if (exact) events.push({ symbol, day: first, event: index === 0 ? "listing" : "relisting" });
      if (ended) events.push({ symbol, day: last, event: "delisting" });
    }
  }
  return events;
}
