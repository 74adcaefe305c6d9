import type { Day } from "../calendar/day.js";
import { islands, type Span } from "../calendar/span.js";
import { barSeries } from "../store/bars.js";
import type { Store } from "../store/open.js";
import { readRows } from "../store/read-rows.js";
import { knowsVolume, volumeSpans, type VolumeSpans } from "../store/volume-spans.js";
import { column, optionalColumn } from "../text/columns.js";
import { day, daySpan, positional } from "./arguments.js";
import { concentration } from "./concentration.js";
import { defineQuery } from "./define.js";
import { isComparable, QUOTE_NOTES } from "./dollars.js";
import { listOf } from "./facts.js";
import { volumeRefusal } from "./refusal.js";
import { DAY, date, dateText } from "./select.js";
import { SPAN_COLUMNS, spanRow } from "./span-rows.js";
import { factsOf, symbolFilter } from "./symbol-filter.js";

/** Total trading volumes. */
export default defineQuery({
  name: "market",
  summary: "Total trading volume and its concentration, day by day",
  notes: `A day needs the volumes of all its symbols with a file (bfa volumes). A ticker with bars under its own and a settled
name counts once, under its own. ${QUOTE_NOTES}`,
  empty: "no day has known volumes",
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
  },
  facts: {
    volumes_unknown: listOf("days left out because volumes of symbols with a file are unknown", SPAN_COLUMNS),
  },
  columns: {
    date: column("date", "ascending"),
    traded_count: column("count", "symbols with trades"),
    quote_volume: column("number", "sum of their quote volumes"),
    trade_count: column("count", "sum of their trades"),
    top_1_share: optionalColumn("ratio", "share of the symbol with the highest quote volume; null without trades"),
    top_5_share: optionalColumn("ratio", "share of the five highest"),
    top_10_share: optionalColumn("ratio", "share of the ten highest"),
    herfindahl: optionalColumn("ratio", "sum of the squares of all shares: 1 if one symbol has all"),
    volumes_unknown_count: column(
      "count",
      "symbols with a file that are missing from the sums; allowed by --allow-partial",
    ),
  },
  examples: [
    { args: {}, about: "all days with known volumes" },
    { args: { from: "2024-03-01", to: "2024-03-07", quote: "USDT" }, about: "a week and one quote asset" },
  ],
  rests: ({ from, to, quote, contract }) => {
    const span = daySpan(from, to);
    return {
      days: span === undefined ? "all" : [span],
      admits: { quote, contract },
      unknownDays: span === undefined ? "leave out" : "refuse",
    };
  },
  run: async (store, { from, to, ...filter }, known) => {
    const { days, tolerated, now } = known;
    const span = daySpan(from, to) ?? { from: days[0]?.day ?? 0, to: days.at(-1)?.day ?? 0 };
    const spans = await volumeSpans(store, now);
    const symbols = [...spans.keys()].filter((symbol) => isComparable(symbol, filter)).sort();
    const answered = days.map(({ day }) => day).filter((day) => known.has(day));
    const unknown = await unknownByDay(store, span, spans, (symbol) => isComparable(symbol, filter));
    const bad = answered.filter((day) => (unknown.get(day)?.length ?? 0) > tolerated);
    if (bad.length > 0 && (from !== undefined || bad.length === answered.length)) {
      const names = [...new Set(bad.flatMap((day) => unknown.get(day) ?? []))].sort();
      throw volumeRefusal(names, { from: bad[0] ?? 0, to: bad.at(-1) ?? 0 }, symbols.length === 0);
    }
    const leftOut = new Set(bad);
    const series = await barSeries(store, symbols, span);
    const rows = answered
      .filter((day) => !leftOut.has(day))
      .map((day) => {
        const place = day - span.from;
        const tickers = new Map<string, { volume: number; trades: number }>();
        for (const symbol of symbols) {
          const bars = series.get(symbol);
          const count = bars?.trade_count[place] ?? 0;
          const { class: kind, ticker } = factsOf(symbol);
          const key = kind === "delivery" ? symbol : ticker;
          // The ticker's own name comes before the settled ones, which begin with it.
          if (count === 0 || tickers.has(key) || !knowsVolume(spans, symbol, day)) continue;
          tickers.set(key, { volume: bars?.quote_volume[place] ?? 0, trades: count });
        }
        const traded = [...tickers.values()];
        const { total, share, herfindahl } = concentration(traded.map(({ volume }) => volume));
        return {
          date: dateText(day),
          traded_count: traded.length,
          quote_volume: total,
          trade_count: traded.reduce((sum, { trades }) => sum + trades, 0),
          top_1_share: share(1),
          top_5_share: share(5),
          top_10_share: share(10),
          herfindahl,
          volumes_unknown_count: unknown.get(day)?.length ?? 0,
        };
      });
    return { facts: { volumes_unknown: islands(bad).map(spanRow) }, rows };
  },
});

/** Symbols that had a file on a day of the span but whose volumes on it are unknown, by day. */
async function unknownByDay(
  store: Store,
  { from, to }: Span,
  spans: VolumeSpans,
  admits: (symbol: string) => boolean,
): Promise<Map<Day, string[]>> {
  const files = await readRows(
    store,
    `SELECT ${DAY}, symbol FROM availability WHERE available AND date BETWEEN $from AND $to`,
    { day: "day", symbol: "text" },
    { from: date(from), to: date(to) },
  );
  const unknown = new Map<Day, string[]>();
  for (const { day, symbol } of files) {
    if (!admits(symbol) || knowsVolume(spans, symbol, day)) continue;
    const ofDay = unknown.get(day) ?? [];
    ofDay.push(symbol);
    unknown.set(day, ofDay);
  }
  return unknown;
}
