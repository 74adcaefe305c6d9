import { column } from "../text/columns.js";
import { tradedOnDay } from "../store/traded.js";
import { day, positional, required } from "./arguments.js";
import { defineQuery } from "./define.js";
import { foldTickers } from "./fold.js";
import { timeText } from "./select.js";
import { requestedSense, FLAT_FACT, flatCount, SENSE_FACTS, SENSE_NOTES, decideSense, senseOptions } from "./sense.js";
import { bySymbol, passes, symbolFilter } from "./symbol-filter.js";
import { keepUnderlying, UNDERLYING_FACTS, underlyingFilter } from "./underlying.js";

/** The files of one day. */
export default defineQuery({
  name: "snapshot",
  summary: "The symbols that had a file on a day",
  notes: SENSE_NOTES,
  empty: "no symbol that passes the filter had a file on the day",
  args: { date: positional(required(day("UTC day"))), ...symbolFilter, ...underlyingFilter, ...senseOptions },
  facts: { ...UNDERLYING_FACTS, ...FLAT_FACT, ...SENSE_FACTS },
  columns: {
    symbol: column("symbol", "symbol; rows are in this order, and a ticker appears once"),
    file_size_bytes: column("bytes", "size of the zip file"),
    last_modified: column("time", "upload time"),
    also: column("value", "settled names of the ticker that also had a file"),
  },
  examples: [
    { args: { date: "2024-03-01" }, about: "what was available on a day" },
    {
      args: { date: "2024-03-01", quote: "USDC", contract: "all" },
      about: "one quote asset, including delivery contracts",
    },
  ],
  rests: ({ date: day, quote, contract, underlying, ...sense }) => {
    requestedSense(sense);
    return { days: [{ from: day, to: day }], admits: { quote, contract, underlying }, unknownDays: "refuse" };
  },
  run: async (store, { date: day, quote, contract, underlying, ...sense }, { cells, tolerated, now }) => {
    const files = cells.filter(({ symbol, available }) => available && passes(symbol, { quote, contract }));
    const traded = await tradedOnDay(store, day, now);
    const { counts, facts } = decideSense(
      files.map(({ symbol }) => ({ symbol, traded: traded(symbol, day) })),
      { from: day, to: day },
      requestedSense(sense),
      tolerated,
    );
    const found = files
      .filter(({ symbol }) => counts(traded(symbol, day)))
      .map(({ symbol, sizeBytes, uploadedAt }) => ({
        symbol,
        file_size_bytes: sizeBytes ?? 0,
        last_modified: timeText(uploadedAt ?? 0),
        also: [],
      }))
      .sort(bySymbol);
    const { rows, without_contract } = await keepUnderlying(store, foldTickers(found), underlying, day);
    return { facts: { without_contract, flat_count: flatCount(rows), ...facts }, rows };
  },
});
