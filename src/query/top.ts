import type { Span } from "../calendar/span.js";
import { barSeries } from "../store/bars.js";
import { unknownVolumes, volumeSpans } from "../store/volume-spans.js";
import { column } from "../text/columns.js";
import { tradedOf } from "../vision/traded.js";
import { choice, day, integer, positional, required, withDefault } from "./arguments.js";
import { defineQuery } from "./define.js";
import { isComparable, QUOTE_NOTES } from "./dollars.js";
import { foldTickers } from "./fold.js";
import { lifeOn, livesBySymbol } from "./lives.js";
import { ageRefusal, volumeRefusal } from "./refusal.js";
import { dateText } from "./select.js";
import { requestedSense, SENSE_FACTS, decideSense, senseOptions } from "./sense.js";
import { bySymbol, symbolFilter } from "./symbol-filter.js";
import { AS_OF, WINDOW_NOTES, WINDOW_STATISTICS, windowEnd, windowSpan, windowStatistics } from "./windows.js";

/** The most liquid symbols on a day. */
export default defineQuery({
  name: "top",
  summary: "The symbols of a day ranked by volume or trades over the days before it",
  notes: `${WINDOW_NOTES}
Only symbols with a file and trades on the last day of the window are ranked; --filed also ranks those without trades.
${QUOTE_NOTES}`,
  empty: "no symbol that passes the filter was traded on the last day of the window",
  args: {
    date: positional(required(day("UTC day"))),
    by: withDefault(choice("what to rank by", ["quote_volume", "trade_count"]), "quote_volume"),
    window: withDefault(integer("calendar days in the window", { min: 1, max: 10_000 }), 30),
    stat: withDefault(choice("statistic over the window", WINDOW_STATISTICS), "median"),
    top: integer("maximum number of symbols", { min: 1, max: 1_000_000 }),
    asOf: withDefault(choice("whether the window ends the day before, or on the day", AS_OF), "open"),
    ...symbolFilter,
    ...senseOptions,
  },
  facts: {
    from_date: column("date", "first day of a full window"),
    to_date: column("date", "last day of the windows"),
    ...SENSE_FACTS,
  },
  columns: {
    rank: column("count", "1 has the highest value; equal values are ordered by name"),
    symbol: column("symbol", "symbol; a ticker appears once"),
    value: column("number", "the statistic: in the quote asset, or in trades per day (for the sum, in trades)"),
    window_days: column("count", "days in the window since the contract's first day"),
    also: column("value", "settled names of the ticker that were available too"),
  },
  examples: [
    { args: { date: "2024-03-01", top: 10 }, about: "by the median quote volume of the 30 days before" },
    {
      args: { date: "2024-03-01", by: "trade_count", window: 7, stat: "sum", asOf: "close", quote: "USDC" },
      about: "by trades in the week ending on the day, for one quote asset",
    },
  ],
  rests: ({ date: day, asOf, quote, contract, traded, filed }) => {
    requestedSense({ traded, filed });
    const end = windowEnd(day, asOf);
    return { days: [{ from: end, to: end }], admits: { quote, contract }, unknownDays: "refuse" };
  },
  run: async (store, { date: day, by, window, stat, top, asOf, ...args }, { cells, tolerated, now }) => {
    const end = windowEnd(day, asOf);
    const whole: Span = { from: end - window + 1, to: end };
    const lives = await livesBySymbol(store, now);
    const spans = await volumeSpans(store, now);
    const symbols = cells
      .filter(({ symbol, available }) => available && isComparable(symbol, args))
      .map(({ symbol }) => symbol)
      .sort();
    const series = await barSeries(store, symbols, whole);
    const filed = symbols.map((symbol) => {
      const life = lifeOn(lives, symbol, end);
      const span = windowSpan({ days: window }, end, life?.first ?? end) ?? whole;
      const isWhole = life?.begins === true || span.from === whole.from;
      const isKnown = unknownVolumes(spans, symbol, span).length === 0;
      return {
        symbol,
        span,
        isWhole,
        isKnown,
        traded: tradedOf(isKnown, series.get(symbol)?.trade_count.at(-1)),
        also: [],
      };
    });
    const unknown = filed.filter(({ isKnown }) => !isKnown).map(({ symbol }) => symbol);
    if (unknown.length > tolerated) throw volumeRefusal(unknown, whole, unknown.length === filed.length);
    const unsure = filed.filter(({ isWhole, isKnown }) => isKnown && !isWhole).map(({ symbol }) => symbol);
    if (unsure.length > tolerated) throw ageRefusal(unsure, dateText(end));
    const { counts, facts } = decideSense(filed, whole, requestedSense(args) ?? "traded", tolerated);
    const ranked = foldTickers(filed.filter((one) => one.isKnown && one.isWhole && counts(one.traded)));
    const rows = ranked
      .map(({ symbol, span, also }) => {
        const values = series.get(symbol)?.[by] ?? new Float64Array(window);
        const ends = { from: end, to: end };
        const [value = 0] = windowStatistics(values, whole.from, span.from, ends, { days: window, statistic: stat });
        return { symbol, value, window_days: span.to - span.from + 1, also };
      })
      .sort((a, b) => b.value - a.value || bySymbol(a, b))
      .slice(0, top)
      .map((row, index) => ({ rank: index + 1, ...row }));
    return { facts: { from_date: dateText(whole.from), to_date: dateText(whole.to), ...facts }, rows };
  },
});
