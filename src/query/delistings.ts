import { column, optionalColumn } from "../text/columns.js";
import { QUIET_AFTER_DAYS } from "../vision/lives.js";
import { day, daySpan, positional } from "./arguments.js";
import { defineQuery } from "./define.js";
import { lifeTrades } from "./life-trades.js";
import { dateText } from "./select.js";
import { passes, symbolFilter } from "./symbol-filter.js";
import { byDateAndSymbol, contractLives } from "./ticker-lives.js";

/** The last days of lives known to have ended. */
export default defineQuery({
  name: "delistings",
  summary: "Delistings: the last days of symbols that have had no file since",
  notes: `The last file is not always the last trade: settled and halted contracts can continue to get flat files of about
8 kB a day. Where volumes are known (bfa volumes), the date is that of the last trade; since there can be trades in the
minute of a settlement, 09:00 UTC, that is usually the day of the settlement. A delisting is reported only once the absence
of a later file is final, or ${QUIET_AFTER_DAYS} days are known to have no trades.`,
  empty: "no contract that passes the filter ended in these days",
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    date: column("date", "last day with a trade or a file, see source; rows are in this order"),
    symbol: column("symbol", "the symbol"),
    ticker: column("text", "the exchange's name, without settled suffixes"),
    days_listed: column("count", "days from the first file to the date, including holes"),
    relisted_date: optionalColumn(
      "date",
      "first day of the ticker's next life, under any name; null when it has none, or its beginning is not known",
    ),
    source: column("text", "what the date is based on: trades, or files if trades are unknown or there were none"),
  },
  examples: [
    { args: {}, about: "all known delistings" },
    { args: { from: "2024-03-01", to: "2024-03-31", quote: "USDT" }, about: "one month and one quote asset" },
  ],
  rests: ({ from, to, quote, contract }) => {
    const span = daySpan(from, to);
    return {
      days: span === undefined ? "all" : [span],
      admits: { quote, contract },
      unknownDays: span === undefined ? "report" : "refuse",
    };
  },
  run: async (store, { from, to, quote, contract }, { now }) => {
    const span = daySpan(from, to) ?? { from: -Infinity, to: Infinity };
    const lives = (await contractLives(store, now)).filter(({ symbol }) => passes(symbol, { quote, contract }));
    const trades = await lifeTrades(store, lives, now);
    const rows = lives
      .map((life, index) => {
        const { last, quiet } = trades[index] ?? { last: "not known", quiet: false };
        return { ...life, byTrades: typeof last === "number", day: typeof last === "number" ? last : life.last, quiet };
      })
      .filter(({ day, ends, byTrades, quiet }) => (ends || (byTrades && quiet)) && day >= span.from && day <= span.to)
      .map(({ symbol, ticker, first, day, byTrades, next }) => ({
        date: dateText(day),
        symbol,
        ticker,
        days_listed: day - first + 1,
        relisted_date: next?.begins === true ? dateText(next.first) : null,
        source: byTrades ? "trades" : "files",
      }))
      .sort(byDateAndSymbol);
    return { facts: {}, rows };
  },
});
