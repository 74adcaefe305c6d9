import type { Day } from "../../calendar/day.js";
import { clip, unionSpans, type Span } from "../../calendar/span.js";
import { barSeries } from "../../store/bars.js";
import type { Store } from "../../store/open.js";
import { volumeSpans } from "../../store/volume-spans.js";
import type { Life } from "../lives.js";
import { windowStatistics } from "../windows.js";
import type { UniverseRule } from "./definition.js";

/** The volumes of a symbol on each day that rebalancing days use. */
export interface Volumes {
  /** Known days, as maximal spans. */
  known: readonly Span[];
  /** Trades of the day. */
  trades: Float64Array;
  /** Statistic of the quote volumes in the window that ends on each day; undefined without a minimum volume. */
  quoteVolumes: Float64Array | undefined;
  /** The same for the value by which symbols are ranked; undefined without ranks. */
  values: Float64Array | undefined;
}

/**
 * Reads the volumes of symbols.
 *
 * @returns one for each symbol, in order; undefined if a universe needs no volumes
 * @throws StoreError when the file can't be read
 */
export async function readVolumes(
  store: Store,
  symbols: readonly string[],
  lives: ReadonlyMap<string, readonly Life[]>,
  usedDays: Span,
  rule: UniverseRule,
  now: number,
): Promise<Volumes[] | undefined> {
  const { by, window, minQuoteVolume } = rule;
  if (by === undefined && minQuoteVolume === undefined) return undefined;
  const known = await volumeSpans(store, now);
  const first = usedDays.from - window + 1;
  const series = await barSeries(store, symbols, { from: first, to: usedDays.to });
  return symbols.map((symbol) => {
    const bars = series.get(symbol);
    const statistics = (of: "quote_volume" | "trade_count") =>
      statisticsOf(
        bars?.[of] ?? new Float64Array(usedDays.to - first + 1),
        first,
        lives.get(symbol) ?? [],
        usedDays,
        rule,
      );
    const quoteVolumes = minQuoteVolume === undefined ? undefined : statistics("quote_volume");
    return {
      known: unionSpans(known.get(symbol) ?? [], []),
      trades: bars?.trade_count.subarray(usedDays.from - first) ?? new Float64Array(),
      quoteVolumes,
      values: by === undefined ? undefined : by === "quote_volume" ? (quoteVolumes ?? statistics(by)) : statistics(by),
    };
  });
}

/** The statistic of the window that ends on each relevant day; 0 where a contract is not old enough. */
function statisticsOf(
  series: Float64Array,
  first: Day,
  lives: readonly Life[],
  usedDays: Span,
  { window, stat, minAge }: UniverseRule,
): Float64Array {
  const values = new Float64Array(usedDays.to - usedDays.from + 1);
  for (const { first: listed, last } of lives) {
    // With --as-of open, a day uses the one before, on which the contract is a day younger.
    const oldEnough = listed + Math.max(0, minAge - 1);
    if (oldEnough > last) continue;
    for (const ends of clip([{ from: oldEnough, to: last }], usedDays)) {
      const rule = { days: window, statistic: stat };
      values.set(windowStatistics(series, first, listed, ends, rule), ends.from - usedDays.from);
    }
  }
  return values;
}
