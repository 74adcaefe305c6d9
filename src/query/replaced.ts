import { column, optionalColumn } from "../text/columns.js";
import { day } from "./arguments.js";
import { defineQuery } from "./define.js";
import { readRows } from "./read-rows.js";
import { DAY, date, dateText, ms, timeText } from "./select.js";

/** Files that changed after they were first seen. */
export default defineQuery({
  name: "replaced",
  summary: "Files that Binance replaced since they were first seen: downloads from before are stale",
  args: { since: day("only what was seen on this UTC day or later") },
  facts: {},
  columns: {
    date: column("date", "day of the file"),
    symbol: column("symbol", "symbol of the file"),
    old_size_bytes: column("bytes", "size when first seen"),
    new_size_bytes: optionalColumn("bytes", "size now; null when the file was removed"),
    old_last_modified: column("time", "upload time when first seen"),
    new_last_modified: optionalColumn("time", "upload time now; null when the file was removed"),
    seen_at: column("time", "when a probe found it; the rows are in this order"),
  },
  examples: [
    { args: {}, about: "all that is known" },
    { args: { since: "2024-03-01" }, about: "what to download again after a copy made in February 2024" },
  ],
  run: async (store, { since = 0 }) => {
    const found = await readRows(
      store,
      `SELECT ${DAY}, symbol, old_size_bytes::DOUBLE, new_size_bytes::DOUBLE, ${ms("old_last_modified")},
          ${ms("new_last_modified")}, ${ms("seen_at")}
        FROM replacements WHERE seen_at >= $since ORDER BY seen_at, date, symbol`,
      {
        day: "day",
        symbol: "text",
        old_size_bytes: "number",
        new_size_bytes: "number?",
        oldTime: "number",
        newTime: "number?",
        seenAt: "number",
      },
      { since: date(since) },
    );
    const rows = found.map(({ day, oldTime, newTime, seenAt, ...file }) => ({
      date: dateText(day),
      ...file,
      old_last_modified: timeText(oldTime),
      new_last_modified: newTime === null ? null : timeText(newTime),
      seen_at: timeText(seenAt),
    }));
    return { facts: {}, rows };
  },
});
