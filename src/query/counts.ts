import type { Day } from "../calendar/day.js";
import { EVER, type Span } from "../calendar/span.js";
import { dayCounts } from "../store/day-counts.js";
import { oncePerReader } from "../store/once-per-reader.js";
import type { Store } from "../store/open.js";
import { storedSymbols } from "../store/stored-symbols.js";
import { column } from "../text/columns.js";
import { day, daySpan, positional } from "./arguments.js";
import { defineQuery } from "./define.js";
import { readRows } from "../store/read-rows.js";
import { DAY, date, dateText } from "./select.js";
import { factsOf } from "./symbol-filter.js";

/** The counts table. */
export default defineQuery({
  name: "counts",
  summary: "How many symbols had a file, day by day",
  notes: `Without a day, shows all days in the database that can be answered. A ticker that has files under its own and under a
settled name counts twice as available and once as a contract. \`bfa validate counts\` compares the stored counts with the
rows.`,
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
  },
  facts: {},
  columns: {
    date: column("date", "ascending"),
    available_count: column("count", "symbols that had a file"),
    contract_count: column("count", "the same, with each ticker counted once"),
    probed_count: column("count", "symbols that were probed"),
  },
  examples: [
    { args: {}, about: "every day in the database" },
    { args: { from: "2024-03-01", to: "2024-03-07" }, about: "a week" },
  ],
  rests: ({ from, to }) => {
    const span = daySpan(from, to);
    return {
      days: span === undefined ? "all" : [span],
      admits: { contract: "perpetual", quote: undefined },
      unknownDays: span === undefined ? "leave out" : "refuse",
    };
  },
  run: async (store, { from, to }, known) => {
    const span = daySpan(from, to);
    const counts = span === undefined ? known.counts : await dayCounts(store, span);
    const folded = await foldedCounts(store, span ?? EVER);
    const rows = counts
      .filter(({ day }) => known.has(day))
      .map(({ day, available, probed }) => ({
        date: dateText(day),
        available_count: available,
        contract_count: available - (folded.get(day) ?? 0),
        probed_count: probed,
      }));
    return { facts: {}, rows };
  },
});

/** The number of files of each day whose ticker has another one on it; days without any are absent. */
async function foldedCounts(store: Store, { from, to }: Span): Promise<ReadonlyMap<Day, number>> {
  const several = await symbolsOfSharedTickers(store);
  if (several.length === 0) return new Map();
  const found = await readRows(
    store,
    `SELECT ${DAY}, sum(files - 1)::INTEGER FROM (
        SELECT date, ticker, count(*) AS files
        FROM availability JOIN (SELECT unnest($symbols) AS symbol, unnest($tickers) AS ticker) USING (symbol)
        WHERE available AND date BETWEEN $from AND $to
        GROUP BY date, ticker HAVING count(*) > 1
      ) GROUP BY date`,
    { day: "day", folded: "number" },
    {
      ...{ symbols: several.map(({ symbol }) => symbol), tickers: several.map(({ ticker }) => ticker) },
      ...{ from: date(from), to: date(to) },
    },
  );
  return new Map(found.map(({ day, folded }) => [day, folded]));
}

/** The symbols whose ticker has a settled name, with their tickers. */
const symbolsOfSharedTickers = oncePerReader(async (store: Store) => {
  const named = (await storedSymbols(store)).map((symbol) => ({ symbol, ...factsOf(symbol) }));
  const settled = new Set(named.flatMap(({ class: kind, ticker }) => (kind === "settled" ? ticker : [])));
  return named.filter(({ class: kind, ticker }) => kind !== "delivery" && settled.has(ticker));
});
