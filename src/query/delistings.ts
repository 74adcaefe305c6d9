import { column, optionalColumn } from "../text/columns.js";
import { day, daySpan, positional } from "./arguments.js";
import { defineQuery } from "./define.js";
import { dateText } from "./select.js";
import { passes, symbolFilter } from "./symbol-filter.js";
import { byDateAndSymbol, contractLives } from "./ticker-lives.js";

/** Last days of lives that are known to have ended. */
export default defineQuery({
  name: "delistings",
  summary: "Last days of symbols that have had no file since",
  notes: `The last file is not always the last trade: settled and halted contracts can go on getting flat files of about
8 kB a day. A delisting is reported only once the lack of a later file is believed: probed 20 days or more after its day began.`,
  empty: "no contract that the question admits ended in these days",
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    date: column("date", "last day with a file; the rows are in this order"),
    symbol: column("symbol", "the symbol"),
    ticker: column("text", "the name without settled suffixes: what the exchange calls it"),
    days_listed: column("count", "days from the first file to the last, holes included"),
    relisted_date: optionalColumn("date", "first day of the ticker's next life, under any name; null when it has none"),
  },
  examples: [
    { args: {}, about: "every delisting that is known" },
    { args: { from: "2024-03-01", to: "2024-03-31", quote: "USDT" }, about: "of a month and a quote asset" },
  ],
  rests: ({ from, to, quote, contract }) => {
    const span = daySpan(from, to);
    return {
      days: span === undefined ? "all" : [span],
      admits: { quote, contract },
      unknownDays: span === undefined ? "tell" : "refuse",
    };
  },
  run: async (store, { from, to, quote, contract }, { now }) => {
    const span = daySpan(from, to) ?? { from: -Infinity, to: Infinity };
    const rows = (await contractLives(store, now))
      .filter(
        ({ symbol, last, ends }) => ends && last >= span.from && last <= span.to && passes(symbol, { quote, contract }),
      )
      .map(({ symbol, ticker, first, last, next }) => ({
        date: dateText(last),
        symbol,
        ticker,
        days_listed: last - first + 1,
        relisted_date: next === undefined ? null : dateText(next.first),
      }))
      .sort(byDateAndSymbol);
    return { facts: {}, rows };
  },
});
