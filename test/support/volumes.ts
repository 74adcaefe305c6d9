import { DuckDBDateValue, DuckDBTimestampValue } from "@duckdb/node-api";
import type { Day } from "../../src/calendar/day.js";
import type { Store } from "../../src/store/open.js";
import { LATE } from "./store.js";

/** A day's bar: its quote volume, optionally with its number of trades. */
export type Bar = number | { quote: number; trades: number };

/** Consecutive days for which a symbol's volumes are known. */
export interface KnownVolumes {
  symbol: string;
  /** The first of them. */
  from: Day;
  /** One bar per day; undefined if there is none. A bar given as a number has that many trades, rounded up. */
  bars: readonly (Bar | undefined)[];
}

/**
 * Fills `daily_volumes` and `volume_spans`. Volumes are a tenth of the quote volumes (price 10); takers bought half.
 *
 * @param knownAt ms since the Unix epoch
 * @example
 * ```ts
 * // Traded on the first day, a bar without a trade on the second, no bar on the third; the fourth is unknown.
 * await writeVolumes(store, [{ symbol: "BTCUSDT", from: D0, bars: [1000, 0, undefined] }]);
 * ```
 */
export async function writeVolumes(
  { connection }: Pick<Store, "connection">,
  known: readonly KnownVolumes[],
  knownAt = LATE,
): Promise<void> {
  const bars = await connection.createAppender("daily_volumes");
  const spans = await connection.createAppender("volume_spans");
  for (const { symbol, from, bars: ofSymbol } of known) {
    if (ofSymbol.length === 0) continue;
    spans.appendVarchar(symbol);
    spans.appendDate(new DuckDBDateValue(from));
    spans.appendDate(new DuckDBDateValue(from + ofSymbol.length - 1));
    spans.appendTimestamp(new DuckDBTimestampValue(BigInt(knownAt) * 1000n));
    spans.endRow();
    for (const [index, bar] of ofSymbol.entries()) {
      if (bar === undefined) continue;
      const { quote, trades } = typeof bar === "number" ? { quote: bar, trades: Math.ceil(bar) } : bar;
      bars.appendDate(new DuckDBDateValue(from + index));
      bars.appendVarchar(symbol);
      for (const price of [10, 10, 10, 10]) bars.appendDouble(price);
      bars.appendDouble(quote / 10);
      bars.appendDouble(quote);
      bars.appendBigInt(BigInt(trades));
      bars.appendDouble(quote / 20);
      bars.appendDouble(quote / 2);
      bars.appendVarchar("test");
      bars.endRow();
    }
  }
  bars.closeSync();
  spans.closeSync();
}
