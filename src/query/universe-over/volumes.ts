import { clip, unionSpans, type Span } from "../../calendar/span.js";
import { barSeries, type BarMeasure } from "../../store/bars.js";
import type { Store } from "../../store/open.js";
import { volumeSpans } from "../../store/volume-spans.js";
import type { Life } from "../lives.js";
import { windowStatistics } from "../windows.js";
import type { UniverseRule } from "./definition.js";

/** What was traded under a name, for each day that rebalancing days look at. */
export interface Volumes {
  /** Days that are known, as the longest spans that they form. */
  known: readonly Span[];
  /** Trades of the day. */
  trades: Float64Array;
  /** Statistics of the quote volumes of the windows that end on the day; empty where nothing asks for them. */
  quoteVolumes: Float64Array;
  /** The same of what symbols are ranked by. */
  values: Float64Array;
}

/**
 * Reads what was traded under some names.
 *
 * @returns for each name, in their order; undefined where a universe needs no volumes
 * @throws StoreError when the file can't be read
 */
export async function readVolumes(
  store: Store,
  symbols: readonly string[],
  lives: ReadonlyMap<string, readonly Life[]>,
  looked: Span,
  { by, stat, window, minQuoteVolume }: UniverseRule,
  now: number,
): Promise<Volumes[] | undefined> {
  if (by === undefined && minQuoteVolume === undefined) return undefined;
  const known = await volumeSpans(store, now);
  const span = { from: looked.from - window + 1, to: looked.to };
  const series = async (measure: BarMeasure) => (await barSeries(store, symbols, span, measure)).bySymbol;
  const trades = await series("trade_count");
  const quoteVolumes = by === "quote_volume" || minQuoteVolume !== undefined ? await series("quote_volume") : undefined;
  const statisticOf = (ofSymbol: Float64Array | undefined, symbol: string) => {
    const values = new Float64Array(ofSymbol === undefined ? 0 : looked.to - looked.from + 1);
    for (const { first, last } of ofSymbol === undefined ? [] : (lives.get(symbol) ?? [])) {
      for (const ends of clip([{ from: first, to: last }], looked)) {
        const rule = { days: window, statistic: stat };
        values.set(windowStatistics(ofSymbol ?? values, span.from, first, ends, rule), ends.from - looked.from);
      }
    }
    return values;
  };
  return symbols.map((symbol) => {
    const ofTrades = trades.get(symbol);
    const ofQuoteVolumes = statisticOf(quoteVolumes?.get(symbol), symbol);
    return {
      known: unionSpans(known.get(symbol) ?? [], []),
      trades: ofTrades?.subarray(looked.from - span.from) ?? new Float64Array(),
      quoteVolumes: ofQuoteVolumes,
      values: by === "trade_count" ? statisticOf(ofTrades, symbol) : ofQuoteVolumes,
    };
  });
}
