import { dayAt, type Day } from "../calendar/day.js";
import { column, optionalColumn } from "../text/columns.js";
import type { ContractRange } from "../store/contract-ranges.js";
import type { Traded } from "../vision/traded.js";
import { day, daySpan, positional } from "./arguments.js";
import { rangesOf, readContracts } from "./contract-on.js";
import { defineQuery } from "./define.js";
import { dateText } from "./select.js";
import { lifeTrades, type TradeDay } from "./life-trades.js";
import { askedSense, SENSE_FACTS, senseOf, senseOptions } from "./sense.js";
import { passes, symbolFilter } from "./symbol-filter.js";
import { byDateAndSymbol, contractLives, type ContractLife } from "./ticker-lives.js";

/** First days of lives, as far as they are known to be first days. */
export default defineQuery({
  name: "listings",
  summary: "First days of symbols: listings, and relistings of a ticker",
  notes: `A ticker is relisted when it has a file again after 30 days without one; after 28 days without a traded one, if it has a
settled folder; or after a shorter gap that starts the day after a settled folder's last file. The files of the old contract
can have a settled name (ICPUSDT_SETTLED): then that is the previous_symbol. Where the volumes of every contract that the
question is about are known (bfa volumes), a listing is of the first day with a trade, and a contract without one has none;
--filed goes by the first file. The bucket begins later than the market (BTCUSDT), and a file can be lacking, so the
exchange's own date is beside it where it is known.`,
  empty: "no contract that the question admits came to market in these days",
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
    ...senseOptions,
  },
  facts: SENSE_FACTS,
  columns: {
    date: column("date", "first day with a file, in the traded sense with a trade; the rows are in this order"),
    date_source: column(
      "text",
      "bucket: by the bucket alone; bucket and exchange: the contract's onboard date is the same day",
    ),
    onboard_date: optionalColumn("date", "first day by the exchange; null while no capture shows the contract"),
    symbol: column("symbol", "the symbol"),
    ticker: column("text", "the name without settled suffixes: what the exchange calls it"),
    event: column(
      "text",
      "listing, or relisting when the ticker had an earlier life, under this name or a settled one",
    ),
    previous_symbol: optionalColumn("symbol", "symbol of the earlier life; null for a listing"),
    previous_last_date: optionalColumn("date", "last day with a file of the earlier life; null for a listing"),
  },
  examples: [
    { args: {}, about: "every listing that is known" },
    { args: { from: "2024-03-01", to: "2024-03-31", quote: "USDT" }, about: "of a month and a quote asset" },
  ],
  rests: ({ from, to, quote, contract, traded, filed }) => {
    askedSense({ traded, filed });
    const span = daySpan(from, to);
    return {
      days: span === undefined ? "all" : [span],
      admits: { quote, contract },
      unknownDays: span === undefined ? "tell" : "refuse",
    };
  },
  run: async (store, { from, to, ...args }, { days, tolerated, now }) => {
    const span = daySpan(from, to) ?? { from: -Infinity, to: Infinity };
    const isAsked = (day: Day) => span.from <= day && day <= span.to;
    const lives = (await contractLives(store, now)).filter(({ symbol, begins }) => begins && passes(symbol, args));
    const trades = await lifeTrades(store, lives, now);
    const filed = lives
      .map((life, index) => ({ ...life, firstTrade: trades[index]?.first ?? "not known" }))
      // Whether the question is about a life whose trades are not known, its first file tells.
      .filter(({ first, firstTrade }) => isAsked(first) || (typeof firstTrade === "number" && isAsked(firstTrade)))
      .map((life) => ({ ...life, traded: tradedOfFirst(life.firstTrade) }));
    const asked = { from: days[0]?.day ?? 0, to: days.at(-1)?.day ?? 0 };
    const { sense, counts, facts } = senseOf(filed, asked, askedSense(args), tolerated);
    const { contracts } = await readContracts(store);
    const rows = filed
      .filter(({ traded }) => counts(traded))
      .map(({ firstTrade, ...life }) => ({
        ...life,
        day: sense === "traded" && typeof firstTrade === "number" ? firstTrade : life.first,
        onboardDay: onboardDayOf(rangesOf(contracts, life.symbol), life),
      }))
      .filter(({ day }) => isAsked(day))
      .map(({ symbol, ticker, day, onboardDay, previous }) => ({
        date: dateText(day),
        date_source: onboardDay === day ? "bucket and exchange" : "bucket",
        onboard_date: onboardDay === undefined ? null : dateText(onboardDay),
        symbol,
        ticker,
        event: previous === undefined ? "listing" : "relisting",
        previous_symbol: previous?.symbol ?? null,
        previous_last_date: previous === undefined ? null : dateText(previous.last),
      }))
      .sort(byDateAndSymbol);
    return { facts, rows };
  },
});

function tradedOfFirst(firstTrade: TradeDay): Traded {
  if (typeof firstTrade === "number") return "traded";
  return firstTrade === "none" ? "not traded" : "not known";
}

/** The first day of a life's contract by the exchange: of those of its symbol, the one that began within or before the life. */
function onboardDayOf(ranges: readonly ContractRange[], { previous, last }: ContractLife): Day | undefined {
  const days = ranges.map(({ onboardDate }) => dayAt(onboardDate));
  return days.filter((day) => day > (previous?.last ?? -Infinity) && day <= last).sort((a, b) => b - a)[0];
}
