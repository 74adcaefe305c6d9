import { DuckDBDateValue, DuckDBTimestampValue } from "../src/store/duckdb.js";
import { maintain } from "../src/store/maintain.js";
import { openStore } from "../src/store/open.js";
import { hashText, mix } from "../src/replica/random.js";
import type { BenchRows } from "./rows.js";

/**
 * Writes a bar for each file of a history. Volumes are whole numbers, so that their sums are exact in any order; all
 * days of the history are known.
 *
 * @returns number of bars
 */
export async function writeBars(file: string, { symbols, from, days, units }: BenchRows): Promise<number> {
  const store = await openStore(file);
  const bars = await store.connection.createAppender("daily_volumes");
  const spans = await store.connection.createAppender("volume_spans");
  let count = 0;
  for (const [index, { rows }] of units.entries()) {
    const symbol = symbols[index] ?? "";
    spans.appendVarchar(symbol);
    spans.appendDate(new DuckDBDateValue(from));
    spans.appendDate(new DuckDBDateValue(from + days - 1));
    spans.appendTimestamp(new DuckDBTimestampValue(BigInt(Date.now()) * 1000n));
    spans.endRow();
    for (let row = 0; row < rows.count; row++) {
      if (rows.columns.status[row] !== 200) continue;
      const quote = mix(hashText(symbol) ^ mix(row)) % 100_000_000;
      bars.appendDate(new DuckDBDateValue(rows.columns.day[row] ?? 0));
      bars.appendVarchar(symbol);
      for (const price of [10, 10, 10, 10, quote / 8, quote]) bars.appendDouble(price);
      bars.appendBigInt(BigInt(1 + (quote >> 8)));
      bars.appendDouble(quote / 16);
      bars.appendDouble(quote / 2);
      bars.appendVarchar("monthly");
      bars.endRow();
      count++;
    }
  }
  bars.closeSync();
  spans.closeSync();
  // As at the end of a run, this sorts the bars into blocks of days.
  await maintain(store);
  await store.close();
  return count;
}
