import { column, optionalColumn } from "../text/columns.js";
import { dayAt, type Day } from "../calendar/day.js";
import type { ContractRange } from "../store/contract-ranges.js";
import { day, daySpan, positional } from "./arguments.js";
import { rangesOf, readContracts } from "./contract-on.js";
import { defineQuery } from "./define.js";
import { dateText } from "./select.js";
import { passes, symbolFilter } from "./symbol-filter.js";
import { byDateAndSymbol, contractLives, type ContractLife } from "./ticker-lives.js";

/** First days of lives, as far as they are known to be first days. */
export default defineQuery({
  name: "listings",
  summary: "First days of symbols: listings, and relistings of a ticker",
  notes: `A ticker is relisted when it has a file again after 30 days without one; after 28 days without a traded one, if it has a
settled folder; or after a shorter gap that starts the day after a settled folder's last file. The files of the old contract
can have a settled name (ICPUSDT_SETTLED): then that is the previous_symbol. The date is that of the first file: the bucket
begins later than the market (BTCUSDT), or a file is lacking. The exchange's own date stands beside it where it is known.`,
  empty: "no contract that the question admits came to market in these days",
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    date: column("date", "first day with a file; the rows are in this order"),
    date_source: column(
      "text",
      "bucket: by the first file alone; bucket and exchange: the contract's onboard date is the same day",
    ),
    onboard_date: optionalColumn("date", "first day by the exchange; null while no capture shows the contract"),
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
    const { contracts } = await readContracts(store);
    const rows = (await contractLives(store, now))
      .filter(({ symbol, first }) => first >= span.from && first <= span.to && passes(symbol, { quote, contract }))
      .filter(({ begins }) => begins)
      .map((life) => {
        const { symbol, ticker, first, previous } = life;
        const onboardDay = onboardDayOf(rangesOf(contracts, symbol), life);
        return {
          date: dateText(first),
          date_source: onboardDay === first ? "bucket and exchange" : "bucket",
          onboard_date: onboardDay === undefined ? null : dateText(onboardDay),
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

/** The first day of a life's contract by the exchange: of those of its symbol, the one that began within or before the life. */
function onboardDayOf(ranges: readonly ContractRange[], { previous, last }: ContractLife): Day | undefined {
  const days = ranges.map(({ onboardDate }) => dayAt(onboardDate));
  return days.filter((day) => day > (previous?.last ?? -Infinity) && day <= last).sort((a, b) => b - a)[0];
}
