import { DuckDBDateValue, DuckDBTimestampMillisecondsValue } from "@duckdb/node-api";
import fc from "fast-check";
import type { Day } from "../../../src/calendar/day.js";
import type { WritableStore } from "../../../src/store/open.js";
import { writeVolumes, type Bar } from "../../support/volumes.js";
import { D0, LATE } from "../../support/store.js";

/** Days of a made-up market, from {@link D0} on. */
export const DAYS = 110;

/** A cell: the size of its file (0 without one) and its bar. */
export interface MarketCell {
  size: number;
  bar: Bar | undefined;
}

/** A made-up market: a cell for each day of each symbol. */
export type Market = ReadonlyMap<string, readonly MarketCell[]>;

const NOTHING: MarketCell = { size: 0, bar: undefined };

/** Two contracts, and one with two settled folders. */
const NAMES = ["AUSDT", "BUSDT", "CUSDT", "CUSDTSETTLED", "CUSDT_SETTLED", "DUSDT"];

const cell: fc.Arbitrary<MarketCell> = fc
  .record({ size: fc.constantFrom(8_000, 49_000), quote: fc.integer({ min: 0, max: 50 }), trades: fc.nat({ max: 9 }) })
  .map(({ size, quote, trades }) => ({ size, bar: size === 8_000 ? 0 : { quote: quote * 1.1, trades } }));

/**
 * Stretches of similar days, some long enough for a contract to end in them. Most symbols have files on most days, so
 * that there is much to compare.
 */
const cells: fc.Arbitrary<MarketCell[]> = fc
  .array(
    fc.tuple(
      fc.oneof(fc.nat({ max: 4 }), fc.integer({ min: 25, max: 45 })),
      fc.oneof({ arbitrary: fc.constant(NOTHING), weight: 1 }, { arbitrary: cell, weight: 4 }),
    ),
    { minLength: 6, maxLength: 14 },
  )
  .map((stretches) => {
    const all = stretches.flatMap(([days, made]) => Array.from({ length: days + 1 }, () => made));
    return Array.from({ length: DAYS }, (_, day) => all[day] ?? NOTHING);
  });

/** Days with a file on either side of a gap that a settled folder explains. */
const BESIDE_GAP = 6;

/** A ticker with a gap, and a settled folder whose files are those before the gap. */
function relisted(of: readonly MarketCell[], { last, days }: { last: number; days: number }) {
  const live: MarketCell = { size: 49_000, bar: 60 };
  const base = of.map((made, day) => {
    if (day > last && day <= last + days) return NOTHING;
    return day > last - BESIDE_GAP && day <= last + days + BESIDE_GAP ? live : made;
  });
  return { base, settled: base.map((made, day) => (day <= last ? made : NOTHING)) };
}

/** A market of some of these names. */
export const market: fc.Arbitrary<Market> = fc
  .tuple(
    fc.tuple(...NAMES.map(() => fc.option(cells, { freq: 4 }))),
    fc.option(fc.record({ last: fc.integer({ min: 5, max: 60 }), days: fc.integer({ min: 1, max: 12 }) }), { freq: 3 }),
  )
  .map(([all, gap]) => {
    const made = new Map(all.flatMap((of, place) => (of === null ? [] : [[NAMES[place] ?? "", of]])));
    const ticker = made.get("CUSDT");
    if (ticker !== undefined && gap !== null) {
      const { base, settled } = relisted(ticker, gap);
      made.set("CUSDT", base).set("CUSDTSETTLED", settled);
    }
    return made;
  });

/** A market in which the settled folders of another one continue from a day on. */
export function settledAgain(made: Market, day: number): Market {
  const file: MarketCell = { size: 49_000, bar: 1 };
  return new Map(
    [...made].map(([symbol, ofSymbol]) => [
      symbol,
      symbol.endsWith("SETTLED") ? ofSymbol.map((cell, at) => (at >= day ? file : cell)) : ofSymbol,
    ]),
  );
}

/** One market before a day, another from it on. */
export function turned(before: Market, after: Market, day: number): Market {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const of = (from: Market, symbol: string) => from.get(symbol) ?? Array<MarketCell>(DAYS).fill(NOTHING);
  return new Map(
    names.map((symbol) => [symbol, [...of(before, symbol).slice(0, day), ...of(after, symbol).slice(day)]]),
  );
}

/** Replaces a store's contents with a market, all of it probed late. Volumes are known before `knownUntil`. */
export async function hold(store: WritableStore, made: Market, knownUntil = DAYS): Promise<void> {
  const { connection } = store;
  for (const table of ["availability", "daily_volumes", "volume_spans"]) await connection.run(`DELETE FROM ${table}`);
  const rows = await connection.createAppender("availability");
  for (const [symbol, ofSymbol] of made) {
    for (const [day, { size }] of ofSymbol.entries()) {
      rows.appendDate(new DuckDBDateValue(D0 + day));
      rows.appendVarchar(symbol);
      rows.appendBoolean(size > 0);
      if (size > 0) rows.appendBigInt(BigInt(size));
      else rows.appendNull();
      rows.appendNull();
      rows.appendSmallInt(size > 0 ? 200 : 404);
      rows.appendTimestampMilliseconds(new DuckDBTimestampMillisecondsValue(BigInt(LATE)));
      for (let column = 7; column < rows.columnCount; column++) rows.appendNull();
      rows.endRow();
    }
  }
  rows.closeSync();
  await writeVolumes(
    store,
    [...made].map(([symbol, ofSymbol]) => ({
      ...{ symbol, from: D0, bars: ofSymbol.slice(0, knownUntil).map(({ bar }) => bar) },
    })),
  );
}

/** The day at an index of a market. */
export function dayAtPlace(place: number): Day {
  return D0 + place;
}
