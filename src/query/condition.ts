import { column, optionalColumn } from "../text/columns.js";
import { day, daySpan, positional } from "./arguments.js";
import { defineQuery } from "./define.js";
import { dateText, timeText } from "./select.js";
import { symbolFilter } from "./symbol-filter.js";

/** What is known, day by day. */
export default defineQuery({
  name: "condition",
  summary: "How sure each day is, and what that follows from",
  notes: `final: all cells are believed. provisional: all were probed, some are still due. partial: some were never probed.
unpublished: not published yet, or only in part. unwritten: nothing is known. The last three are refused as answers.`,
  args: {
    from: positional(day("the day, or the first of a range")),
    to: positional(day("last day of the range")),
    ...symbolFilter,
  },
  facts: {},
  columns: {
    date: column("date", "ascending"),
    condition: column("text", "of the cells of these symbols"),
    symbol_count: column("count", "symbols that are known and admitted"),
    probed_count: column("count", "of them, those with an answer"),
    available_count: column("count", "with a file"),
    missing_count: column("count", "without one"),
    due_count: column("count", "that will be probed again"),
    pending_count: column("count", "without an answer that are no secret: dormant, or not listed by the bucket then"),
    unknown_count: column("count", "that were never probed"),
    latest_upload: optionalColumn("time", "upload time of the latest file; null without one"),
  },
  examples: [
    { args: { from: "2024-03-01", to: "2024-03-07" }, about: "a week" },
    { args: { from: "2024-03-01", quote: "USDC" }, about: "a day, for the symbols of one quote asset" },
  ],
  rests: ({ from, to, quote, contract }) => {
    const span = daySpan(from, to);
    return { days: span === undefined ? "all" : [span], admits: { quote, contract }, unknownDays: "tell" };
  },
  run: (_store, _args, { days }) => {
    const rows = days.map(({ day, condition, probed, available, due, pending, unknown, latestUpload }) => ({
      date: dateText(day),
      condition,
      symbol_count: probed + pending + unknown,
      probed_count: probed,
      available_count: available,
      missing_count: probed - available,
      due_count: due,
      pending_count: pending,
      unknown_count: unknown,
      latest_upload: latestUpload === undefined ? null : timeText(latestUpload),
    }));
    return Promise.resolve({ facts: {}, rows });
  },
});
