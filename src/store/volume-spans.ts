import type { Day } from "../calendar/day.js";
import { gapsBetween, type Span } from "../calendar/span.js";
import { dayNumber } from "../calendar/sql.js";
import type { Store } from "./open.js";
import { readRows } from "./read-rows.js";

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
  const found = await readRows(
    store,
    `SELECT symbol, ${dayNumber("from_date")}, ${dayNumber("to_date")}, epoch_ms(known_at) <= $now::BIGINT
      FROM volume_spans ORDER BY symbol, from_date`,
    { symbol: "text", from: "day", to: "day", believed: "flag" },
    { now },
  );
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
