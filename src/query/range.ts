import { column } from "../text/columns.js";
import { day, daySpan, flag, positional, required } from "./arguments.js";
import { defineQuery } from "./define.js";
import { readRows } from "../store/read-rows.js";
import { DAY, date, dateText } from "./select.js";
import { passes, symbolFilter } from "./symbol-filter.js";

/** The symbols of a range of days. */
export default defineQuery({
  name: "range",
  summary: "The symbols that had a file on any day of a range",
  empty: "no symbol that the question admits had a file on any of the days",
  args: {
    from: positional(required(day("first day"))),
    to: positional(required(day("last day"))),
    every: flag("only those that had one on every day"),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    symbol: column("symbol", "in order of name"),
    days_available: column("count", "days of the range with a file"),
    first_date: column("date", "first day of the range with a file"),
    last_date: column("date", "last day of the range with a file"),
  },
  examples: [
    { args: { from: "2024-03-01", to: "2024-03-07" }, about: "what was there in a week" },
    { args: { from: "2024-03-01", to: "2024-03-07", every: true, quote: "USDT" }, about: "all week long" },
  ],
  rests: ({ from, to, quote, contract }) => ({
    days: [daySpan(from, to) ?? { from, to }],
    admits: { quote, contract },
    unknownDays: "refuse",
  }),
  run: async (store, { from, to, every, ...filter }) => {
    const found = await readRows(
      store,
      `SELECT symbol, count(*)::INTEGER, min(${DAY}), max(${DAY}) FROM availability
        WHERE date BETWEEN $from AND $to AND available GROUP BY symbol ORDER BY symbol`,
      { symbol: "text", days: "number", first: "day", last: "day" },
      { from: date(from), to: date(to) },
    );
    const rows = found
      .filter(({ symbol, days }) => passes(symbol, filter) && (!every || days === to - from + 1))
      .map(({ symbol, days, first, last }) => ({
        symbol,
        days_available: days,
        first_date: dateText(first),
        last_date: dateText(last),
      }));
    return { facts: {}, rows };
  },
});
