import { dayAt, type Day } from "../calendar/day.js";
import { clip, gapsBetween, islands } from "../calendar/span.js";
import { readRows } from "../store/read-rows.js";
import { storedSymbols } from "../store/stored-symbols.js";
import { volumeSpans } from "../store/volume-spans.js";
import { column } from "../text/columns.js";
import { day, daySpan, positional, required, symbol } from "./arguments.js";
import { defineQuery } from "./define.js";
import { listOf } from "./facts.js";
import { refusal, symbolRefusal, volumeRefusal } from "./refusal.js";
import { DAY, date, dateText } from "./select.js";
import { SPAN_COLUMNS, spanRow } from "./span-rows.js";

/** The bars of a symbol. */
export default defineQuery({
  name: "volume",
  summary: "A symbol's prices and volumes, day by day",
  notes: `The rows are the existing bars; known days without a bar are in without_bar. A bar can have zero trades. There can be
trades in the minute of a settlement, 09:00 UTC.`,
  empty: "the days are known, but none has a bar",
  args: {
    symbol: positional(required(symbol("as in BTCUSDT"))),
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
  },
  facts: {
    symbol: column("symbol", "the symbol"),
    without_bar: listOf("days known to have no bar, as spans", SPAN_COLUMNS),
    volumes_unknown: listOf("days of the range with unknown volumes, as spans", SPAN_COLUMNS),
  },
  columns: {
    date: column("date", "ascending"),
    open: column("number", "first price"),
    high: column("number", "highest price"),
    low: column("number", "lowest price"),
    close: column("number", "last price"),
    volume: column("number", "volume in the base asset"),
    quote_volume: column("number", "volume in the quote asset"),
    trade_count: column("count", "number of trades"),
    taker_buy_volume: column("number", "part of the volume bought by takers"),
    taker_buy_quote_volume: column("number", "the same in the quote asset"),
    source: column("text", "kind of file that the bar was read from"),
  },
  examples: [
    { args: { symbol: "BTCUSDT" }, about: "all known days" },
    { args: { symbol: "BTCUSDT", from: "2024-03-01", to: "2024-03-07" }, about: "a week" },
  ],
  rests: ({ symbol, from, to }) => {
    const span = daySpan(from, to);
    return { days: span === undefined ? "all" : [span], admits: { symbol }, unknownDays: "report" };
  },
  run: async (store, { symbol, from, to }, { days, now }) => {
    const known = (await volumeSpans(store, now)).get(symbol) ?? [];
    const all = { from: known[0]?.from ?? days[0]?.day ?? 0, to: known.at(-1)?.to ?? days.at(-1)?.day ?? 0 };
    const span = daySpan(from, to) ?? all;
    const inSpan = clip(known, span);
    const knownOn = (day: Day) => inSpan.some(({ from, to }) => from <= day && day <= to);
    if (inSpan.length === 0) {
      const stored = await storedSymbols(store);
      if (!stored.includes(symbol)) throw symbolRefusal(symbol, stored);
      throw days.every(({ day }) => day >= dayAt(now))
        ? refusal(store.dataset, days, now)
        : volumeRefusal([symbol], span, true);
    }
    const found = await readRows(
      store,
      `SELECT ${DAY}, open, high, low, close, volume, quote_volume, trade_count::DOUBLE, taker_buy_volume,
          taker_buy_quote_volume, source
        FROM daily_volumes WHERE symbol = $symbol AND date BETWEEN $from AND $to`,
      {
        day: "day",
        open: "number",
        high: "number",
        low: "number",
        close: "number",
        volume: "number",
        quote_volume: "number",
        trade_count: "number",
        taker_buy_volume: "number",
        taker_buy_quote_volume: "number",
        source: "text",
      },
      { symbol, from: date(span.from), to: date(span.to) },
    );
    // A day outside the known spans is unknown.
    const bars = found.filter(({ day }) => knownOn(day)).sort((a, b) => a.day - b.day);
    const barSpans = islands(bars.map(({ day }) => day));
    return {
      facts: {
        symbol,
        without_bar: inSpan.flatMap((part) => gapsBetween(clip(barSpans, part), part)).map(spanRow),
        volumes_unknown: gapsBetween(inSpan, span).map(spanRow),
      },
      rows: bars.map(({ day, ...bar }) => ({ date: dateText(day), ...bar })),
    };
  },
});
