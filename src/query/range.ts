import { tradedFiles } from "../store/traded.js";
import { unknownVolumes, volumeSpans } from "../store/volume-spans.js";
import { column, optionalColumn } from "../text/columns.js";
import type { Traded } from "../vision/traded.js";
import { day, daySpan, flag, positional, required } from "./arguments.js";
import { defineQuery } from "./define.js";
import { readRows } from "../store/read-rows.js";
import { DAY, date, dateText } from "./select.js";
import { requestedSense, SENSE_FACTS, SENSE_NOTES, decideSense, senseOptions } from "./sense.js";
import { passes, symbolFilter } from "./symbol-filter.js";

/** The symbols in a range of days. */
export default defineQuery({
  name: "range",
  summary: "The symbols that had a file on any day of a range",
  notes: SENSE_NOTES,
  empty: "no symbol that passes the filter had a file on any of the days",
  args: {
    from: positional(required(day("first day"))),
    to: positional(required(day("last day"))),
    every: flag("only symbols that had a file on every day"),
    ...symbolFilter,
    ...senseOptions,
  },
  facts: SENSE_FACTS,
  columns: {
    symbol: column("symbol", "symbol; rows are in this order"),
    days_available: column("count", "number of days with a file"),
    days_traded: optionalColumn("count", "number of these days with a trade; null if unknown for any of them"),
    first_date: column("date", "first day with a file; in the traded sense, with a trade too"),
    last_date: column("date", "last such day"),
  },
  examples: [
    { args: { from: "2024-03-01", to: "2024-03-07" }, about: "all symbols of a week" },
    { args: { from: "2024-03-01", to: "2024-03-07", every: true, quote: "USDT" }, about: "those available all week" },
  ],
  rests: ({ from, to, quote, contract, traded, filed }) => {
    requestedSense({ traded, filed });
    return { days: [daySpan(from, to) ?? { from, to }], admits: { quote, contract }, unknownDays: "refuse" };
  },
  run: async (store, { from, to, every, ...args }, { tolerated, now }) => {
    const found = await readRows(
      store,
      `SELECT symbol, count(*)::INTEGER, min(${DAY}), max(${DAY}) FROM availability
        WHERE date BETWEEN $from AND $to AND available GROUP BY symbol ORDER BY symbol`,
      { symbol: "text", days: "number", from: "day", to: "day" },
      { from: date(from), to: date(to) },
    );
    const spans = await volumeSpans(store, now);
    const bars = spans.size === 0 ? undefined : await tradedFiles(store, { from, to });
    const filed = found
      .filter(({ symbol }) => passes(symbol, args))
      .map(({ symbol, ...files }) => {
        const unknown = unknownVolumes(spans, symbol, files).length > 0;
        const trades = bars?.get(symbol);
        const traded: Traded = unknown ? "not known" : trades === undefined ? "not traded" : "traded";
        return { symbol, files, trades, traded };
      });
    const { sense, counts, facts } = decideSense(filed, { from, to }, requestedSense(args), tolerated);
    const rows = filed
      .filter(({ traded }) => counts(traded))
      .map((of) => ({ ...of, shown: (sense === "traded" && of.trades) || of.files }))
      .filter(({ shown }) => !every || shown.days === to - from + 1)
      .map(({ symbol, files, traded, trades, shown }) => ({
        symbol,
        days_available: files.days,
        days_traded: traded === "not known" ? null : (trades?.days ?? 0),
        first_date: dateText(shown.from),
        last_date: dateText(shown.to),
      }));
    return { facts, rows };
  },
});
