import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DAY_MS, formatDay } from "../../../src/calendar/day.js";
import { openAvailability, type Availability } from "../../../src/index.js";
import { recordCapture } from "../../../src/store/contracts.js";
import { openStore } from "../../../src/store/open.js";
import { temporaryFolder } from "../../support/database.js";
import { D0 } from "../../support/store.js";
import { dayAtPlace, DAYS, hold } from "./market.js";

let folder: ReturnType<typeof temporaryFolder>;
let db: Availability;

const contract = (symbol: string, underlyingType: string) => ({
  ...{ symbol, status: "TRADING", contractType: "PERPETUAL", underlyingType },
  ...{ onboardDate: D0 * DAY_MS, deliveryDate: undefined },
});

beforeAll(async () => {
  folder = temporaryFolder();
  const file = join(folder.path, "a.duckdb");
  const store = await openStore(file);
  const live = Array.from({ length: DAYS }, () => ({ size: 49_000, bar: 5 }));
  await hold(store, new Map(["AUSDT", "BUSDT", "DUSDT"].map((symbol) => [symbol, live])));
  await recordCapture(store, {
    ...{ at: (D0 + 50) * DAY_MS, source: "test" },
    contracts: [contract("AUSDT", "COIN"), contract("BUSDT", "EQUITY")],
  });
  await store.close();
  db = await openAvailability(file);
});
afterAll(async () => {
  await db.close();
  folder.remove();
});

// Days before the capture too: an underlying holds for a contract's whole life.
const DAY_10 = formatDay(dayAtPlace(10));
const WEEK = { from: DAY_10, to: formatDay(dayAtPlace(16)), by: "quote_volume", window: 10 } as const;

it("a universe has the contracts on one underlying, and says for which it is not known", async () => {
  const coins = await db.universeOver({ ...WEEK, underlying: "coin" });
  expect(new Set(coins.rows.map(({ symbol, rank }) => `${symbol} ${rank}`))).toEqual(new Set(["AUSDT 1"]));
  expect(coins).toMatchObject({ symbol_count: 1, without_contract: ["DUSDT"] });
  const all = await db.universeOver(WEEK);
  expect(all).toMatchObject({ symbol_count: 3, without_contract: [] });
  expect(all.definition).not.toHaveProperty("underlying");
});

it("the definition includes the underlying", async () => {
  const equities = await db.universeOver({ ...WEEK, underlying: "equity" });
  expect(equities.definition).toMatchObject({ underlying: "equity" });
  expect(equities.rows).toHaveLength(7);
  expect(await db.universeOver({ definition: equities.definition })).toEqual(equities);
  await expect(db.universeOver({ ...WEEK, underlying: "gold" })).rejects.toMatchObject({ code: "USAGE" });
});
