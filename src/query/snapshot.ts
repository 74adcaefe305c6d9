import { column } from "../text/columns.js";
import { FLAT_BELOW_BYTES } from "../vision/lives.js";
import { day, positional, required } from "./arguments.js";
import { defineQuery } from "./define.js";
import { foldTickers } from "./fold.js";
import { timeText } from "./select.js";
import { bySymbol, passes, symbolFilter } from "./symbol-filter.js";
import { keepUnderlying, UNDERLYING_FACTS, underlyingFilter } from "./underlying.js";

/** The files of one day. */
export default defineQuery({
  name: "snapshot",
  summary: "The symbols that had a file on a day",
  empty: "no symbol that the question admits had a file on the day",
  args: { date: positional(required(day("UTC day"))), ...symbolFilter, ...underlyingFilter },
  facts: {
    ...UNDERLYING_FACTS,
    flat_count: column("count", "rows whose file is flat, below 10 kB: no trade on the day"),
  },
  columns: {
    symbol: column("symbol", "in order of name; a ticker appears once"),
    file_size_bytes: column("bytes", "size of the zip file"),
    last_modified: column("time", "upload time"),
    also: column("value", "settled names of the ticker that had a file too"),
  },
  examples: [
    { args: { date: "2024-03-01" }, about: "what was there on a day" },
    { args: { date: "2024-03-01", quote: "USDC", contract: "all" }, about: "of one quote asset, deliveries included" },
  ],
  rests: ({ date: day, quote, contract, underlying }) => ({
    days: [{ from: day, to: day }],
    admits: { quote, contract, underlying },
    unknownDays: "refuse",
  }),
  run: async (store, { date, quote, contract, underlying }, { cells }) => {
    const found = cells
      .filter(({ symbol, available }) => available && passes(symbol, { quote, contract }))
      .map(({ symbol, sizeBytes, uploadedAt }) => ({
        symbol,
        file_size_bytes: sizeBytes ?? 0,
        last_modified: timeText(uploadedAt ?? 0),
      }))
      .sort(bySymbol);
    const { rows, without_contract } = await keepUnderlying(store, foldTickers(found), underlying, date);
    const flat_count = rows.filter(({ file_size_bytes: size }) => size < FLAT_BELOW_BYTES).length;
    return { facts: { without_contract, flat_count }, rows };
  },
});
