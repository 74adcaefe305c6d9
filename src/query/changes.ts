import { column, optionalColumn } from "../text/columns.js";
import { choice, day } from "./arguments.js";
import { defineQuery } from "./define.js";
import { readRows } from "../store/read-rows.js";
import { DAY, date, dateText, ms, timeText } from "./select.js";
import { CHANGE_KINDS } from "../store/write/changes.js";

/** The journal of files that changed. */
export default defineQuery({
  name: "changes",
  summary: "Files that came late, were replaced or were removed",
  notes:
    "A copy of a replaced or removed file made before the change is stale. Changes of old files are found by bfa sweep.",
  empty: "no such change has been found",
  args: {
    since: day("only changes found on this UTC day or later"),
    kind: choice("only changes of this kind", CHANGE_KINDS),
  },
  facts: {},
  columns: {
    date: column("date", "day of the file"),
    symbol: column("symbol", "symbol of the file"),
    kind: column(
      "text",
      "late: an earlier probe, at D+3 or later, found it missing; replaced: different size, upload time or md5; removed: no longer there",
    ),
    old_size_bytes: optionalColumn("bytes", "size before; null when there was no file"),
    new_size_bytes: optionalColumn("bytes", "size now; null when the file was removed"),
    old_last_modified: optionalColumn("time", "upload time before; null when there was no file"),
    new_last_modified: optionalColumn("time", "upload time now; null when the file was removed"),
    seen_at: column("time", "when a probe found the change; rows are in this order"),
  },
  examples: [
    { args: {}, about: "all known changes" },
    {
      args: { since: "2024-03-01", kind: "replaced" },
      about: "what to download again if the copy is from February 2024",
    },
  ],
  rests: () => ({ days: "all", admits: { contract: "perpetual", quote: undefined }, unknownDays: "report" }),
  run: async (store, { since = 0, kind }) => {
    const found = await readRows(
      store,
      `SELECT ${DAY}, symbol, kind, old_size_bytes::DOUBLE, new_size_bytes::DOUBLE, ${ms("old_last_modified")},
          ${ms("new_last_modified")}, ${ms("seen_at")}
        FROM changes WHERE seen_at >= $since ORDER BY seen_at, date, symbol`,
      {
        day: "day",
        symbol: "text",
        kind: "text",
        old_size_bytes: "number?",
        new_size_bytes: "number?",
        oldTime: "number?",
        newTime: "number?",
        seenAt: "number",
      },
      { since: date(since) },
    );
    const rows = found
      .filter((change) => kind === undefined || change.kind === kind)
      .map(({ day, oldTime, newTime, seenAt, ...change }) => ({
        date: dateText(day),
        ...change,
        old_last_modified: oldTime === null ? null : timeText(oldTime),
        new_last_modified: newTime === null ? null : timeText(newTime),
        seen_at: timeText(seenAt),
      }));
    return { facts: {}, rows };
  },
});
