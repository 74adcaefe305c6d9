import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { formatDay } from "../../../src/calendar/day.js";
import { readArguments } from "../../../src/query/arguments.js";
import universeOver from "../../../src/query/universe-over.js";
import { openStore, type WritableStore } from "../../../src/store/open.js";
import { temporaryFolder } from "../../support/database.js";
import { dayAtPlace, DAYS, hold, market, settledAgain, turned, type Market } from "./market.js";
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

const rule = fc.record({
  rebalance: fc.constantFrom("daily", "weekly"),
  asOf: fc.constantFrom("open", "close"),
  ranks: fc.option(
    fc.record({
      by: fc.constantFrom("quote_volume", "trade_count"),
      top: fc.integer({ min: 1, max: 3 }),
      buffer: fc.nat({ max: 2 }),
    }),
  ),
  window: fc.constantFrom(1, 2, 7, 30, 45),
  stat: fc.constantFrom("median", "mean", "sum"),
  minAge: fc.constantFrom(0, 1, 20, 40),
  minQuoteVolume: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
});

it("no row of a universe, and no change, depends on its day or anything later", async () => {
  const day = fc.integer({ min: 3, max: DAYS - 1 });
  const known = fc.integer({ min: 0, max: DAYS });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      market,
      fc.option(market, { freq: 2 }),
      day,
      known,
      rule,
      async (before, other, turn, knownAfter, { ranks, ...rest }) => {
        const args = { ...rest, ...ranks, from: formatDay(dayAtPlace(1)), to: formatDay(dayAtPlace(DAYS - 1)) };
        // As of its opening, a day knows nothing about itself.
        const last = formatDay(dayAtPlace(rest.asOf === "open" ? turn : turn - 1));
        const early = async (made: Market, knownUntil: number) => {
          await hold(store, made, knownUntil);
          const [members, changes] = await Promise.all(
            [false, true].map(async (changes) => {
              const { rows } = await universeOver.run(
                store,
                readArguments(universeOver.args, { ...args, changes, allowPartial: true }),
              );
              return rows.filter(({ date }) => date <= last);
            }),
          );
          return { members, changes };
        };
        if (before.size === 0) return;
        const found = await early(before, DAYS);
        compared += found.members?.length ?? 0;
        const after = other ?? settledAgain(before, turn);
        expect(await early(turned(before, after, turn), Math.max(turn, knownAfter))).toEqual(found);
      },
    ),
    { numRuns: propertyRuns(15) },
  );
  // There was something that could depend on it.
  expect(compared).toBeGreaterThan(0);
});
