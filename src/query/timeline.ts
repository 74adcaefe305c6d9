import type { Day } from "../calendar/day.js";
import { livesAmong } from "../store/lives.js";
import { storedSymbols } from "../store/stored-symbols.js";
import { tradedDays } from "../store/traded.js";
import { gapsBetween, islands } from "../calendar/span.js";
import { column, optionalColumn } from "../text/columns.js";
import { plural } from "../text/numbers.js";
import { printable } from "../text/printable.js";
import { positional, required, symbol } from "./arguments.js";
import { defineQuery } from "./define.js";
import { listOf, type FactsOf } from "./facts.js";
import { refusal, symbolRefusal } from "./refusal.js";
import { dateText, timeText } from "./select.js";
import { SPAN_COLUMNS, spanRow } from "./span-rows.js";
import { factsOf } from "./symbol-filter.js";

const facts = {
  symbol: column("symbol", "the symbol"),
  class: column("text", "perpetual, settled or delivery"),
  first_date: optionalColumn("date", "first day with a file; null if no probed day had one"),
  last_date: optionalColumn("date", "last day with a file"),
  days_available: column("count", "days with a file"),
  first_trade_date: optionalColumn("date", "first day known to have had a trade; null if there is none"),
  last_trade_date: optionalColumn("date", "last such day"),
  days_traded: column("count", "days known to have had a trade"),
  lives: listOf("spans from the first to the last file of each contract with this name", SPAN_COLUMNS),
  holes: listOf("days without a file inside a life, as spans", SPAN_COLUMNS),
  not_traded: listOf("days with a file known to have had no trades, as spans", SPAN_COLUMNS),
  volumes_unknown: listOf("days with a file whose trades are unknown, as spans", SPAN_COLUMNS),
  not_written: listOf("days between those of the rows that are not in the database, as spans", SPAN_COLUMNS),
};

/** One symbol, day by day. */
export default defineQuery({
  name: "timeline",
  summary: "A symbol day by day, with its holes",
  notes: `A table shows lives and holes, and with --rows each day too. csv, ndjson and parquet contain only the days, json has
both. Trades are shown where volumes are known (bfa volumes). There can be trades in the minute of a settlement, 09:00 UTC,
so the last day with a trade is usually that of the settlement.`,
  args: { symbol: positional(required(symbol("as in BTCUSDT"))) },
  facts,
  columns: {
    date: column("date", "each probed day, ascending"),
    available: column("flag", "whether there was a file"),
    file_size_bytes: optionalColumn("bytes", "size of the zip file; null without a file"),
    last_modified: optionalColumn("time", "upload time; null without a file"),
    traded: optionalColumn("flag", "whether there were trades; null if the volume of the day is unknown"),
  },
  examples: [{ args: { symbol: "BTCUSDT" }, about: "all probed days of a symbol" }],
  heading,
  rowsOnRequest: true,
  rests: ({ symbol }) => ({ days: "all", admits: { symbol }, unknownDays: "report" }),
  run: async (store, { symbol }, { cells, days, now }) => {
    const [one] = cells;
    if (one === undefined) {
      const stored = await storedSymbols(store);
      throw stored.includes(symbol) ? refusal(store.dataset, days, now) : symbolRefusal(symbol, stored);
    }
    const lives = await livesAmong(store, symbol, cells, now);
    const tradedOn = await tradedDays(store, [symbol], now);
    const isInLife = (day: Day) => lives.some((life) => life.from < day && day < life.to);
    const there: Day[] = [];
    const holes: Day[] = [];
    const trades: Day[] = [];
    const notTraded: Day[] = [];
    const unknown: Day[] = [];
    const rows = [];
    for (const { day, available, sizeBytes, uploadedAt } of cells) {
      const traded = tradedOn(symbol, day);
      if (traded === "traded") trades.push(day);
      if (available) {
        there.push(day);
        if (traded === "not traded") notTraded.push(day);
        else if (traded === "not known") unknown.push(day);
      } else if (isInLife(day)) {
        holes.push(day);
      }
      rows.push({
        date: dateText(day),
        available,
        file_size_bytes: sizeBytes,
        last_modified: uploadedAt === null ? null : timeText(uploadedAt),
        traded: traded === "not known" ? null : traded === "traded",
      });
    }
    const [first = null, last = null] = [there[0], there.at(-1)];
    const [firstTrade, lastTrade] = [trades[0], trades.at(-1)];
    const probed = { from: cells[0]?.day ?? one.day, to: cells.at(-1)?.day ?? one.day };
    return {
      facts: {
        symbol,
        class: factsOf(symbol).class,
        first_date: first === null ? null : dateText(first),
        last_date: last === null ? null : dateText(last),
        days_available: there.length,
        first_trade_date: firstTrade === undefined ? null : dateText(firstTrade),
        last_trade_date: lastTrade === undefined ? null : dateText(lastTrade),
        days_traded: trades.length,
        lives: lives.map(spanRow),
        holes: islands(holes).map(spanRow),
        not_traded: islands(notTraded).map(spanRow),
        volumes_unknown: islands(unknown).map(spanRow),
        not_written: gapsBetween(islands(cells.map(({ day }) => day)), probed).map(spanRow),
      },
      rows,
    };
  },
});

function heading(answer: FactsOf<typeof facts>): string {
  const { symbol, lives, holes, not_written: notWritten, days_available: days } = answer;
  const { first_trade_date: firstTrade, last_trade_date: lastTrade, not_traded: notTraded } = answer;
  const quiet = notTraded.reduce((sum, span) => sum + span.days, 0);
  const trades =
    firstTrade === null
      ? []
      : [
          `  traded  ${firstTrade} to ${lastTrade ?? ""}${quiet === 0 ? "" : `, not on ${plural(quiet, "day")} with a file`}`,
        ];
  const spans = [
    ...lives.map((life) => ["life", life] as const),
    ...holes.map((hole) => ["hole", hole] as const),
    ...notWritten.map((gap) => ["not in the database", gap] as const),
  ];
  return [
    `${printable(symbol)} (${answer.class}): ${days === 0 ? "no file on any probed day" : `${plural(days, "day")} with a file`}`,
    ...spans.map(([what, { from, to, days }]) => `  ${what.padEnd(4)}  ${from} to ${to}, ${plural(days, "day")}`),
    ...trades,
  ].join("\n");
}
