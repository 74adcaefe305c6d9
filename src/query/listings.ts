import { column, optionalColumn } from "../text/columns.js";
import { day, daySpan, positional } from "./arguments.js";
import { defineQuery } from "./define.js";
import { dateText } from "./select.js";
import { passes, symbolFilter } from "./symbol-filter.js";
import { byDateAndSymbol, tickerLives } from "./ticker-lives.js";

/**
 * First days of lives. The first day known of a symbol is a listing only if the day before was probed too, or nothing
 * can have been there before.
 */
export default defineQuery({
  name: "listings",
  summary: "First days of symbols: listings, and relistings of a ticker",
  notes: `A ticker that had no file for more than 30 days and has one again is relisted; a shorter gap is a hole.
The old contract of a relisted ticker can have a settled name (ICPUSDT_SETTLED): it is named as previous_symbol.`,
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    date: column("date", "first day with a file; the rows are in this order"),
    symbol: column("symbol", "the symbol"),
    ticker: column("text", "the name without settled suffixes: what the exchange calls it"),
    event: column(
      "text",
      "listing, or relisting when the ticker had an earlier life, under this name or a settled one",
    ),
    previous_symbol: optionalColumn("symbol", "symbol of the earlier life; null for a listing"),
    previous_last_date: optionalColumn("date", "last day of the earlier life; null for a listing"),
  },
  examples: [
    { args: {}, about: "every listing that is known" },
    { args: { from: "2024-03-01", to: "2024-03-31", quote: "USDT" }, about: "of a month and a quote asset" },
  ],
  run: async (store, { from, to, ...filter }) => {
    const span = daySpan(from, to) ?? { from: -Infinity, to: Infinity };
    const rows = (await tickerLives(store))
      .filter(({ symbol, first }) => first >= span.from && first <= span.to && passes(symbol, filter))
      .filter(({ first, begins }) => begins || first <= store.dataset.firstPeriod)
      .map(({ symbol, ticker, first, ofTicker }) => {
        const previous = ofTicker.filter(({ last }) => last < first).at(-1);
        return {
          date: dateText(first),
          symbol,
          ticker,
          event: previous === undefined ? "listing" : "relisting",
          previous_symbol: previous?.symbol ?? null,
          previous_last_date: previous === undefined ? null : dateText(previous.last),
        };
      })
      .sort(byDateAndSymbol);
    return { facts: {}, rows };
  },
});
