import type { Day } from "../calendar/day.js";
import { gapsBetween, type Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import type { Store } from "./open.js";
import { readRows } from "./read-rows.js";

/** SQL: whether a span of days is believed. One that says that it was learnt later than now (`$now`, ms) is not. */
export const BELIEVED = "epoch_ms(known_at) <= $now::BIGINT";

/** SQL: days of which volumes are known, those of a symbol ascending; with `$now`. */
const SPANS = `SELECT symbol, ${dayNumber("from_date")}, ${dayNumber("to_date")}, epoch_ms(known_at)::DOUBLE, ${BELIEVED}
  FROM volume_spans ORDER BY symbol, from_date`;

/** A span of days of which the volumes of a symbol are known, or would be if it were believed. */
export interface StoredSpan extends Span {
  symbol: string;
  /** ms since the Unix epoch. */
  knownAt: number;
  believed: boolean;
}

/**
 * Every span that the file has, those of a symbol ascending.
 *
 * @param now ms since the Unix epoch
 */
export function storedSpans(store: Store, now: number): Promise<StoredSpan[]> {
  const shape = { symbol: "text", from: "day", to: "day", knownAt: "number", believed: "flag" } as const;
  return readRows(store, SPANS, shape, { now });
}

/** Days of which volumes are known, by symbol; each symbol's spans are ascending and disjoint. */
export type VolumeSpans = ReadonlyMap<string, readonly Span[]>;

/** Spans of files that can't change while they are open: their readers keep every writer out. */
const kept = new WeakMap<Store, VolumeSpans>();

/**
 * The days of which volumes are known. What says that it was learnt later than now is not believed.
 *
 * @param now ms since the Unix epoch
 */
export async function volumeSpans(store: Store, now: number): Promise<VolumeSpans> {
  const before = kept.get(store);
  if (before !== undefined) return before;
  const found = await storedSpans(store, now);
  const spans = new Map<string, Span[]>();
  for (const { symbol, from, to, believed } of found) {
    if (!believed) continue;
    const ofSymbol = spans.get(symbol) ?? [];
    ofSymbol.push({ from, to });
    spans.set(symbol, ofSymbol);
  }
  if (store.access === "read" && found.every(({ believed }) => believed)) kept.set(store, spans);
  return spans;
}

/** Whether volumes of a symbol are known on a day. */
export function knowsVolume(spans: VolumeSpans, symbol: string, day: Day): boolean {
  return spans.get(symbol)?.some(({ from, to }) => from <= day && day <= to) === true;
}

/** The days of a span on which volumes of a symbol are not known, as spans. */
export function unknownVolumes(spans: VolumeSpans, symbol: string, within: Span): Span[] {
  return gapsBetween(spans.get(symbol) ?? [], within);
}
