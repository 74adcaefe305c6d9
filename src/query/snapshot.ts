import { column } from "../text/columns.js";
import { day, positional, required } from "./arguments.js";
import { requireWritten } from "./condition.js";
import { defineQuery } from "./define.js";
import { readRows } from "./read-rows.js";
import { date, ms, timeText } from "./select.js";
import { bySymbol, passes, symbolFilter } from "./symbol-filter.js";

/** The files of one day. */
export default defineQuery({
  name: "snapshot",
  summary: "The symbols that had a file on a day",
  args: { date: positional(required(day("UTC day"))), ...symbolFilter },
  facts: {},
  columns: {
    symbol: column("symbol", "in order of name"),
    file_size_bytes: column("bytes", "size of the zip file"),
    last_modified: column("time", "upload time"),
  },
  examples: [
    { args: { date: "2024-03-01" }, about: "what was there on a day" },
    { args: { date: "2024-03-01", quote: "USDC", contract: "all" }, about: "of one quote asset, deliveries included" },
  ],
  run: async (store, { date: day, ...filter }) => {
    const files = await readRows(
      store,
      `SELECT symbol, file_size_bytes::DOUBLE, ${ms("last_modified")} FROM availability
        WHERE date = $day AND available`,
      { symbol: "text", size: "number", uploaded: "number" },
      { day: date(day) },
    );
    if (files.length === 0) await requireWritten(store, day, day);
    const rows = files
      .filter(({ symbol }) => passes(symbol, filter))
      .map(({ symbol, size, uploaded }) => ({ symbol, file_size_bytes: size, last_modified: timeText(uploaded) }))
      .sort(bySymbol);
    return { facts: {}, rows };
  },
});
