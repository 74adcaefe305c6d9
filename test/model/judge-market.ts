import { formatDay } from "../../src/calendar/day.js";
import type { Violation } from "./invariants.js";
import { knownSymbols, tickerOf, type Knowledge } from "./oracle/knowledge.js";
import { marketEvents, type MarketEvent } from "./oracle/market.js";

/** Listings and delistings match the oracle's: all certain ones are reported, and none that is unknown. */
export function judgeMarket(reported: readonly MarketEvent[], knowledge: Knowledge, now: number): Violation[] {
  const rule = "listings and delistings are the oracle's";
  const tickers = [...new Set(knownSymbols(knowledge).map(tickerOf))];
  const allowed = tickers.flatMap((ticker) => marketEvents(knowledge, ticker, now));
  const may = new Set(allowed.map(textOf));
  const events = reported.map(textOf);
  const all = new Set(events);
  return [
    ...allowed
      .filter((event) => event.certain && !all.has(textOf(event)))
      .map((event) => ({ rule, message: `not reported: ${textOf(event)}` })),
    ...events
      .filter((event) => !may.has(event))
      .map((event) => ({ rule, message: `reported, but not known: ${event}` })),
    ...events
      .filter((event, index) => events.indexOf(event) !== index)
      .map((event) => ({ rule, message: `reported twice: ${event}` })),
  ];
}

function textOf({ event, symbol, day }: MarketEvent): string {
  return `${event} of ${symbol} on ${formatDay(day)}`;
}
