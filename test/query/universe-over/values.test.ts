import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { formatDay } from "../../../src/calendar/day.js";
import { readArguments } from "../../../src/query/arguments.js";
import top from "../../../src/query/top.js";
import universeOver from "../../../src/query/universe-over.js";
import type { MemberRow } from "../../../src/query/universe-over/rows.js";
import { openStore, type WritableStore } from "../../../src/store/open.js";
import { temporaryFolder } from "../../support/database.js";
import { dayAtPlace, DAYS, hold, market, type MarketCell } from "./market.js";
import { propertyRuns } from "../../support/property-runs.js";

let folder: ReturnType<typeof temporaryFolder>;
let store: WritableStore;

beforeAll(async () => {
  folder = temporaryFolder();
  store = await openStore(join(folder.path, "a.duckdb"));
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

function statisticOf(values: readonly number[], stat: string): number {
  const sum = values.reduce((all, value) => all + value, 0);
  if (stat !== "median") return stat === "sum" ? sum : sum / values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[(values.length - 1) >> 1], sorted[values.length >> 1]];
  return (low + high) / 2;
}

/**
 * Whether the window of a member is known: a contract that may be older than the first day of the market has a whole one
 * only if it fills it.
 */
function fillsWindow(
  { age_is_minimum, age_days }: Pick<MemberRow, "age_is_minimum" | "age_days">,
  { asOf, window }: { asOf: string; window: number },
): boolean {
  return !age_is_minimum || age_days + (asOf === "close" ? 1 : 0) >= window;
}

/** The basis of a ranking. */
const RANKING = {
  asOf: fc.constantFrom("open", "close"),
  by: fc.constantFrom("quote_volume", "trade_count"),
  window: fc.integer({ min: 1, max: 40 }),
  stat: fc.constantFrom("median", "mean", "sum"),
};

it("the members of a day are those found by counting", async () => {
  const rule = fc.record({
    ...RANKING,
    top: fc.integer({ min: 1, max: 4 }),
    minQuoteVolume: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
  });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(market, rule, fc.integer({ min: 2, max: DAYS - 1 }), async (made, args, day) => {
      fc.pre(made.size > 0);
      await hold(store, made);
      const date = formatDay(dayAtPlace(day));
      const answer = await universeOver.run(
        store,
        readArguments(universeOver.args, { ...args, from: date, to: date, allowPartial: true }),
      );
      // A single day has only members, no changes.
      const rows = answer.rows as MemberRow[];
      const end = args.asOf === "open" ? day - 1 : day;
      const ages = await universeOver.run(
        store,
        readArguments(universeOver.args, { asOf: args.asOf, from: date, to: date }),
      );
      const barOf = ({ bar }: MarketCell, by: string): number => {
        if (bar === undefined) return 0;
        const { quote, trades } = typeof bar === "number" ? { quote: bar, trades: Math.ceil(bar) } : bar;
        return by === "quote_volume" ? quote : trades;
      };
      const wanted = (ages.rows as MemberRow[])
        .filter((row) => fillsWindow(row, args))
        .map(({ symbol, age_days }) => {
          const cells = (made.get(symbol) ?? []).slice(Math.max(day - age_days, end - args.window + 1), end + 1);
          const of = (by: string) =>
            statisticOf(
              cells.map((cell) => barOf(cell, by)),
              args.stat,
            );
          const trades = cells.map((cell) => barOf(cell, "trade_count")).at(-1);
          return { symbol, age_days, value: of(args.by), quoteVolume: of("quote_volume"), trades };
        })
        .filter(({ trades, quoteVolume }) => trades !== 0 && quoteVolume >= (args.minQuoteVolume ?? 0))
        .sort((a, b) => b.value - a.value || (a.symbol < b.symbol ? -1 : 1))
        .slice(0, args.top)
        .map(({ symbol, age_days, value }, place) => ({ symbol, rank: place + 1, value, age_days }));
      compared += wanted.length;
      expect(rows.map(({ symbol, rank, value, age_days }) => ({ symbol, rank, value, age_days }))).toEqual(wanted);
    }),
    { numRuns: propertyRuns(20) },
  );
  expect(compared).toBeGreaterThan(0);
});

it("a universe of one day has the values and the order of query top", async () => {
  const rule = fc.record(RANKING);
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(market, rule, fc.integer({ min: 2, max: DAYS - 1 }), async (made, args, day) => {
      fc.pre(made.size > 0);
      await hold(store, made);
      const date = formatDay(dayAtPlace(day));
      const options = { ...args, allowPartial: true };
      const universe = await universeOver.run(
        store,
        readArguments(universeOver.args, { ...options, from: date, to: date }),
      );
      const ranking = await top.run(store, readArguments(top.args, { ...options, date }));
      // For a ticker with several names, one query looks at trades before it folds them and the other after.
      const isAlone = ({ symbol }: { symbol: string }) => !symbol.startsWith("C");
      const wanted = (universe.rows as MemberRow[]).filter(isAlone);
      compared += wanted.length;
      expect(ranking.rows.filter(isAlone).map(({ symbol, value }) => ({ symbol, value }))).toEqual(
        wanted.map(({ symbol, value }) => ({ symbol, value })),
      );
    }),
    { numRuns: propertyRuns(20) },
  );
  expect(compared).toBeGreaterThan(0);
});

it("a window that begins before what is known of a contract is refused, unless the contract began in it", async () => {
  const file = { size: 49_000, bar: 10 };
  const live = Array.from({ length: DAYS }, () => file);
  await hold(
    store,
    new Map([
      ["AUSDT", live],
      ["BUSDT", live.map((cell, place) => (place < 35 ? { size: 0, bar: undefined } : cell))],
    ]),
  );
  const day = formatDay(dayAtPlace(40));
  const chosen = async (args: Record<string, unknown>) => {
    const given = { from: day, to: day, asOf: "close", ...args };
    const { rows } = await universeOver.run(store, readArguments(universeOver.args, given));
    return (rows as MemberRow[]).map(({ symbol }) => symbol);
  };
  const refused = { code: "NOT_KNOWN", message: expect.stringContaining("a lower bound") as string };
  for (const ranked of [{ by: "quote_volume", stat: "sum" }, { minQuoteVolume: 1 }]) {
    expect(await chosen({ ...ranked, window: 41 })).toEqual(["AUSDT", "BUSDT"]);
    await expect(chosen({ ...ranked, window: 42 })).rejects.toMatchObject({ ...refused, unknown_symbols: ["AUSDT"] });
    expect(await chosen({ ...ranked, window: 42, allowPartial: true })).toEqual(["BUSDT"]);
  }
});
