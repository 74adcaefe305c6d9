import type { Day } from "../calendar/day.js";
import { gapsBetween, type Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { readRows } from "./read-rows.js";

/** SQL: whether a span of days was known at `$now` (ms). */
export const KNOWN_BY_NOW = "epoch_ms(known_at) <= $now::BIGINT";

/** SQL: the spans of days with known volumes, ascending for each symbol; needs `$now`. */
const SPANS = `SELECT symbol, ${dayNumber("from_date")}, ${dayNumber("to_date")}, epoch_ms(known_at)::DOUBLE, ${KNOWN_BY_NOW}
  FROM volume_spans ORDER BY symbol, from_date`;

/** A span of days for which a symbol's volumes are known. */
export interface StoredSpan extends Span {
  symbol: string;
  /** ms since the Unix epoch. */
  knownAt: number;
  /** False if the span was recorded in the future, and so must be ignored. */
  knownByNow: boolean;
}

/**
 * All spans in the database, ascending for each symbol.
 *
 * @param now ms since the Unix epoch
 */
export function storedSpans(store: Store, now: number): Promise<StoredSpan[]> {
  const shape = { symbol: "text", from: "day", to: "day", knownAt: "number", knownByNow: "flag" } as const;
  return readRows(store, SPANS, shape, { now });
}

/** Days with known volumes, by symbol; each symbol's spans are ascending and disjoint. */
export type VolumeSpans = ReadonlyMap<string, readonly Span[]>;

/**
 * The days with known volumes. Spans recorded in the future are ignored.
 *
 * @param now ms since the Unix epoch
 */
export async function volumeSpans(store: Store, now: number): Promise<VolumeSpans> {
  return (await readSpans(store, now)).spans;
}

const readSpans = oncePerReader(
  async (store: Store, now: number) => {
    const found = await storedSpans(store, now);
    const spans = new Map<string, Span[]>();
    for (const { symbol, from, to, knownByNow } of found) {
      if (!knownByNow) continue;
      const ofSymbol = spans.get(symbol) ?? [];
      ofSymbol.push({ from, to });
      spans.set(symbol, ofSymbol);
    }
    return { spans, areAllKnown: found.every(({ knownByNow }) => knownByNow) };
  },
  ({ areAllKnown }) => areAllKnown,
);

/** Whether a symbol's volume on a day is known. */
export function knowsVolume(spans: VolumeSpans, symbol: string, day: Day): boolean {
  return spans.get(symbol)?.some(({ from, to }) => from <= day && day <= to) === true;
}

/** The days of a span on which a symbol's volumes are unknown, as spans. */
export function unknownVolumes(spans: VolumeSpans, symbol: string, within: Span): Span[] {
  return gapsBetween(spans.get(symbol) ?? [], within);
}
