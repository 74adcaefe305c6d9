import type { Day } from "../calendar/day.js";
import type { DayCondition } from "../store/conditions.js";
import type { Store } from "../store/open.js";
import { column, optionalColumn } from "../text/columns.js";
import { probedBySql } from "../vision/finality.js";
import { admittedSymbols } from "./admission.js";
import { day, daySpan, positional } from "./arguments.js";
import { defineQuery } from "./define.js";
import { readRows } from "../store/read-rows.js";
import { DAY, date, dateText, ms, timeText } from "./select.js";
import { symbolFilter, type SymbolFilter } from "./symbol-filter.js";

/** What is known about each day. */
export default defineQuery({
  name: "condition",
  summary: "How certain each day is, and why",
  notes: `final: all cells are final. provisional: all were probed, some are still due. partial: some were never probed.
unpublished: not published yet, or only in part. unwritten: nothing is known. Most queries refuse the last three of the
days that they are asked about; one about all days leaves them out or reports them.`,
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    date: column("date", "ascending"),
    condition: column("text", "condition of the cells of these symbols"),
    symbol_count: column("count", "known symbols that pass the filter"),
    probed_count: column("count", "symbols with an answer"),
    available_count: column("count", "symbols with a file"),
    missing_count: column("count", "symbols without a file"),
    due_count: column("count", "symbols that will be probed again"),
    pending_count: column(
      "count",
      "symbols without an answer for a known reason: dormant, or a LIST of the bucket after that day lacked them",
    ),
    unknown_count: column("count", "symbols that were never probed"),
    latest_upload: optionalColumn("time", "upload time of the latest file; null without one"),
  },
  examples: [
    { args: { from: "2024-03-01", to: "2024-03-07" }, about: "a week" },
    { args: { from: "2024-03-01", quote: "USDC" }, about: "a day, only for one quote asset" },
  ],
  rests: ({ from, to, quote, contract }) => {
    const span = daySpan(from, to);
    return { days: span === undefined ? "all" : [span], admits: { quote, contract }, unknownDays: "report" };
  },
  run: async (store, { quote, contract }, { days, now }) => {
    const uploads = await latestUploads(store, { quote, contract }, days, now);
    const rows = days.map(({ day, condition, probed, available, due, pending, unknown }) => ({
      date: dateText(day),
      condition,
      symbol_count: probed + pending + unknown,
      probed_count: probed,
      available_count: available,
      missing_count: probed - available,
      due_count: due,
      pending_count: pending,
      unknown_count: unknown,
      latest_upload: uploads.get(day) ?? null,
    }));
    return { facts: {}, rows };
  },
});

/** Upload time of the latest file of each day that has one. */
async function latestUploads(
  store: Store,
  filter: SymbolFilter,
  days: readonly DayCondition[],
  now: number,
): Promise<Map<Day, string>> {
  const symbols = (await admittedSymbols(store, filter)).map(({ symbol }) => symbol);
  const found = await readRows(
    store,
    `SELECT ${DAY}, ${ms("max(last_modified)")} FROM availability
      WHERE date BETWEEN $from AND $to AND available AND ${probedBySql("$now::BIGINT")}
        AND symbol IN (SELECT unnest($symbols)) GROUP BY date`,
    { day: "day", uploaded: "number" },
    { from: date(days[0]?.day ?? 0), to: date(days.at(-1)?.day ?? 0), now, symbols },
  );
  return new Map(found.map(({ day, uploaded }) => [day, timeText(uploaded)]));
}
