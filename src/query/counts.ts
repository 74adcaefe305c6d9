import type { Span } from "../calendar/span.js";
import type { Store } from "../store/open.js";
import { column } from "../text/columns.js";
import { day, daySpan, positional } from "./arguments.js";
import { requireWritten } from "./condition.js";
import { defineQuery } from "./define.js";
import { readRows } from "./read-rows.js";
import { DAY, date, dateText } from "./select.js";

const SHAPE = { day: "day", available: "number", probed: "number" } as const;
const COUNTS = `SELECT ${DAY}, available_count, probed_count FROM daily_symbol_counts`;

/** The counts table. */
export default defineQuery({
  name: "counts",
  summary: "How many symbols had a file, day by day",
  notes: "Without a day, all days in the database. `bfa validate counts` compares these counts with the rows.",
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
  },
  facts: {},
  columns: {
    date: column("date", "ascending"),
    available_count: column("count", "symbols that had a file"),
    probed_count: column("count", "symbols that were probed"),
  },
  examples: [
    { args: {}, about: "every day in the database" },
    { args: { from: "2024-03-01", to: "2024-03-07" }, about: "a week" },
  ],
  run: async (store, { from, to }) => {
    const span = daySpan(from, to);
    const counts = await (span === undefined ? readRows(store, COUNTS, SHAPE) : countsOf(store, span));
    counts.sort((a, b) => a.day - b.day);
    const rows = counts.map(({ day, available, probed }) => ({
      date: dateText(day),
      available_count: available,
      probed_count: probed,
    }));
    return { facts: {}, rows };
  },
});

async function countsOf(store: Store, { from, to }: Span) {
  await requireWritten(store, from, to);
  return await readRows(store, `${COUNTS} WHERE date BETWEEN $from AND $to`, SHAPE, { from: date(from), to: date(to) });
}
