import { dayAt, type Day } from "../calendar/day.js";
import { column, optionalColumn } from "../text/columns.js";
import type { ContractRange } from "../store/contract-ranges.js";
import type { Traded } from "../vision/traded.js";
import { day, daySpan, positional } from "./arguments.js";
import { rangesOf, readContracts } from "./contract-on.js";
import { defineQuery } from "./define.js";
import { ageRefusal } from "./refusal.js";
import { dateText } from "./select.js";
import { lifeTrades, type TradeDay } from "./life-trades.js";
import { requestedSense, SENSE_FACTS, decideSense, senseOptions } from "./sense.js";
import { passes, symbolFilter } from "./symbol-filter.js";
import { byDateAndSymbol, contractLives, type ContractLife } from "./ticker-lives.js";

/** The first days of lives, where they are known to be first days. */
export default defineQuery({
  name: "listings",
  summary: "First days of symbols: listings, and relistings of a ticker",
  notes: `A ticker is relisted when it has a file again after 30 days without one; after 28 days without trades, if it has a
settled folder; or after a shorter gap that starts the day after a settled folder's last file. If the files of the old
contract have a settled name (ICPUSDT_SETTLED), that is the previous_symbol. Where the volumes of all contracts in question
are known (bfa volumes), the date is that of the first trade, and contracts without trades are left out; --filed uses the
first file instead. A contract whose first day may be an earlier one, which was never probed, is left out and named; if
its first known day is in the requested range, the answer is refused. The bucket begins later than the market (BTCUSDT), and files can be missing, so the exchange's own date
is shown as well if it is known.`,
  empty: "no contract that passes the filter is known to have been listed in these days",
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
    ...senseOptions,
  },
  facts: {
    left_out_symbols: column("value", "symbols left out because days before their first known day were never probed"),
    ...SENSE_FACTS,
  },
  columns: {
    date: column("date", "first day with a file, or with a trade in the traded sense; rows are in this order"),
    symbol: column("symbol", "the symbol"),
    event: column("text", "listing, or relisting if the ticker had an earlier life, under this name or a settled one"),
    ticker: column("text", "the exchange's name, without settled suffixes"),
    previous_symbol: optionalColumn("symbol", "symbol of the previous life; null for a listing"),
    previous_last_date: optionalColumn(
      "date",
      "last day with a file in the previous life; null for a listing, or if it is not known",
    ),
    onboard_date: optionalColumn(
      "date",
      "first day according to the exchange; null while no capture shows the contract",
    ),
    date_source: column(
      "text",
      "bucket: according to the bucket only; bucket and exchange: the contract's onboard date is the same day",
    ),
  },
  examples: [
    { args: {}, about: "all known listings" },
    { args: { from: "2024-03-01", to: "2024-03-31", quote: "USDT" }, about: "one month and one quote asset" },
  ],
  rests: ({ from, to, quote, contract, traded, filed }) => {
    requestedSense({ traded, filed });
    const span = daySpan(from, to);
    return {
      days: span === undefined ? "all" : [span],
      admits: { quote, contract },
      unknownDays: span === undefined ? "report" : "refuse",
    };
  },
  run: async (store, { from, to, ...args }, { days, tolerated, now }) => {
    const span = daySpan(from, to) ?? { from: -Infinity, to: Infinity };
    const isInRange = (day: Day) => span.from <= day && day <= span.to;
    const lives = (await contractLives(store, now)).filter(({ symbol }) => passes(symbol, args));
    const trades = await lifeTrades(store, lives, now);
    const inRange = lives
      .map((life, index) => ({ ...life, firstTrade: trades[index]?.first ?? "not known" }))
      // If the trades of a life are unknown, its first file decides whether it is in the range.
      .filter(({ first, firstTrade }) => isInRange(first) || (typeof firstTrade === "number" && isInRange(firstTrade)))
      .map((life) => ({ ...life, traded: tradedOfFirst(life.firstTrade) }));
    const filed = inRange.filter(({ begins }) => begins);
    const range = { from: days[0]?.day ?? 0, to: days.at(-1)?.day ?? 0 };
    const { sense, counts, facts } = decideSense(filed, range, requestedSense(args), tolerated);
    const dated = inRange
      .map(({ firstTrade, ...life }) => ({
        ...life,
        day: sense === "traded" && typeof firstTrade === "number" ? firstTrade : life.first,
      }))
      .filter(({ day }) => isInRange(day));
    const unsure = dated.filter(({ begins, traded }) => !begins && (counts(traded) || traded === "not known"));
    const leftOut = [...new Set(unsure.map(({ symbol }) => symbol))].sort();
    if (from !== undefined && leftOut.length > tolerated) throw ageRefusal(leftOut, dateText(span.to));
    const { contracts } = await readContracts(store);
    const rows = dated
      .filter(({ begins, traded }) => begins && counts(traded))
      .map((life) => ({ ...life, onboardDay: onboardDayOf(rangesOf(contracts, life.symbol), life) }))
      .map(({ symbol, ticker, day, onboardDay, previous }) => ({
        date: dateText(day),
        symbol,
        event: previous === undefined ? "listing" : "relisting",
        ticker,
        previous_symbol: previous?.symbol ?? null,
        previous_last_date: previous?.ends === true ? dateText(previous.last) : null,
        onboard_date: onboardDay === undefined ? null : dateText(onboardDay),
        date_source: onboardDay === day ? "bucket and exchange" : "bucket",
      }))
      .sort(byDateAndSymbol);
    return { facts: { left_out_symbols: leftOut, ...facts }, rows };
  },
});

function tradedOfFirst(firstTrade: TradeDay): Traded {
  if (typeof firstTrade === "number") return "traded";
  return firstTrade === "none" ? "not traded" : "not known";
}

/** The exchange's first day for a life: that of the symbol's contract that began within or before the life. */
function onboardDayOf(ranges: readonly ContractRange[], { previous, last }: ContractLife): Day | undefined {
  const days = ranges.map(({ onboardDate }) => dayAt(onboardDate));
  return days.filter((day) => day > (previous?.last ?? -Infinity) && day <= last).sort((a, b) => b - a)[0];
}
