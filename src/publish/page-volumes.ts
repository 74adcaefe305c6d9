import type { Day } from "../calendar/day.js";
import { barSeries } from "../store/bars.js";
import type { Store } from "../store/open.js";
import { knowsVolume, volumeSpans } from "../store/volume-spans.js";
import { tradedOf, type Traded } from "../vision/traded.js";

/** What is known about a symbol's trades on a day. */
export interface DayTrades {
  traded: Traded;
  /** In whole units; 0 on a day without a trade, -1 if unknown. */
  quoteVolume: number;
}

/** What is known about a symbol's trades, by day. */
export type SymbolTrades = (day: Day) => DayTrades;

/**
 * What is known about the trades of each symbol whose volumes are known for any day.
 *
 * @param now ms since the Unix epoch
 */
export async function tradesBySymbol(store: Store, now: number): Promise<Map<string, SymbolTrades>> {
  const spans = await volumeSpans(store, now);
  const known = [...spans.values()].flat();
  if (known.length === 0) return new Map();
  // Nothing is known about days before or after these.
  const from = known.reduce((first, span) => Math.min(first, span.from), Infinity);
  const to = known.reduce((last, span) => Math.max(last, span.to), -Infinity);
  const series = await barSeries(store, [...spans.keys()], { from, to });
  const tradesOf = (symbol: string): SymbolTrades => {
    const bars = series.get(symbol);
    return (day) => {
      const traded = tradedOf(knowsVolume(spans, symbol, day), bars?.trade_count[day - from]);
      return { traded, quoteVolume: traded === "not known" ? -1 : Math.round(bars?.quote_volume[day - from] ?? 0) };
    };
  };
  return new Map(Array.from(spans.keys(), (symbol) => [symbol, tradesOf(symbol)]));
}
