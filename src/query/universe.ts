import type { Day } from "../calendar/day.js";
import type { Store } from "../store/open.js";
import { column } from "../text/columns.js";
import { day, integer, positional, required } from "./arguments.js";
import { requireWritten } from "./condition.js";
import { defineQuery } from "./define.js";
import { readRows } from "./read-rows.js";
import { DAY, date, dateText } from "./select.js";
import { bySymbol, passes, symbolFilter } from "./symbol-filter.js";

/** The symbols that a backtest may hold on a day: they had a file on it, and their first one long enough before. */
export default defineQuery({
  name: "universe",
  summary: "The point-in-time universe of a backtest: there on a day, and listed long enough",
  notes: "Nothing after the day is looked at, unless --alive-until asks for it.",
  args: {
    date: positional(required(day("UTC day"))),
    minAge: required(integer("minimum days since the first file", { min: 0, max: 10_000 })),
    minBytes: integer(
      "leave out smaller files: dead contracts get flat ones of about 8 kB, live ones have 49 kB (median)",
      {
        min: 0,
        max: 1e12,
      },
    ),
    aliveUntil: day("only symbols that had a file on this later day too: lets the future leak in"),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    symbol: column("symbol", "in order of name"),
    first_date: column("date", "day of the first file"),
    age_days: column("count", "days from the first file to the day asked about"),
    file_size_bytes: column("bytes", "size of the zip file of the day"),
  },
  examples: [
    { args: { date: "2024-03-01", minAge: 90 }, about: "listed for at least 90 days by then" },
    {
      args: { date: "2024-03-01", minAge: 90, minBytes: 10_000, quote: "USDT" },
      about: "without flat files of dead contracts",
    },
  ],
  run: async (store, { date: day, minAge, minBytes = 0, aliveUntil, ...filter }) => {
    await requireWritten(store, day, day);
    const youngest = day - minAge;
    if (minAge > 0 && youngest >= store.dataset.firstPeriod) await requireWritten(store, youngest, youngest);
    if (aliveUntil !== undefined) await requireWritten(store, aliveUntil, aliveUntil);
    const firstDays = await firstDaysOf(store);
    const files = await readRows(
      store,
      `SELECT symbol, file_size_bytes::DOUBLE FROM availability
        WHERE date = $day AND available AND file_size_bytes >= $minBytes`,
      { symbol: "text", size: "number" },
      { day: date(day), minBytes },
    );
    const alive = aliveUntil === undefined ? undefined : await availableOn(store, aliveUntil);
    const rows = files
      .map(({ symbol, size }) => ({ symbol, size, first: firstDays.get(symbol) ?? day }))
      .filter(({ symbol, first }) => first <= youngest && passes(symbol, filter) && alive?.has(symbol) !== false)
      .map(({ symbol, size, first }) => ({
        symbol,
        first_date: dateText(first),
        age_days: day - first,
        file_size_bytes: size,
      }))
      .sort(bySymbol);
    return { facts: {}, rows };
  },
});

/** First days of symbols in a file that can't change while it is open: its readers keep every writer out. */
const kept = new WeakMap<Store, Map<string, Day>>();

/** The first day with a file of each symbol. It is the costly part of the answer and the same for every day asked about. */
async function firstDaysOf(store: Store): Promise<Map<string, Day>> {
  const known = kept.get(store);
  if (known !== undefined) return known;
  const rows = await readRows(store, `SELECT symbol, min(${DAY}) FROM availability WHERE available GROUP BY symbol`, {
    symbol: "text",
    first: "day",
  });
  const found = new Map(rows.map(({ symbol, first }) => [symbol, first]));
  if (store.access === "read") kept.set(store, found);
  return found;
}

async function availableOn(store: Store, day: Day): Promise<Set<string>> {
  const rows = await readRows(
    store,
    "SELECT symbol FROM availability WHERE date = $day AND available",
    { symbol: "text" },
    { day: date(day) },
  );
  return new Set(rows.map(({ symbol }) => symbol));
}
