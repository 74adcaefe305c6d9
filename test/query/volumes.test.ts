import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { concentration } from "../../src/query/concentration.js";
import { AS_OF, WINDOW_STATISTICS, type AsOf, type WindowStatistic } from "../../src/query/windows.js";
import { openMarket, type MarketSymbol, type OpenMarket } from "../support/market.js";

/** Files begin 31 days after the first probed day, so that first days are known. */
const FIRST = dayOf("2024-01-01");
const START = 31;
const text = (offset: number) => formatDay(FIRST + offset);

/** Bars of each day from day 31 on; a day without one is known to have none. */
function made(symbol: string, bars: readonly (number | undefined)[], listed = START): MarketSymbol {
  const sizes = Array.from({ length: START + bars.length }, (_, day) => (day < listed ? 0 : 50_000));
  return { symbol, sizes, volumes: [{ from: FIRST + START, bars }] };
}

let market: OpenMarket;

beforeAll(async () => {
  market = await openMarket(FIRST, [
    made("AUSDT", [100, 0, 100, undefined, 100, 60]),
    made("BUSDC", [undefined, undefined, 50, 300, 10, 20], START + 2),
    made("CBTC", [5, 5, 5, 5, 5, 5]),
    made("DUSDT", [20, 20, 20, 20, 20, 20]),
    made("DUSDTSETTLED", [20, 20, 20, 20, 20, 20]),
    made("EUSDT", [90, 90, 90, 90, 90, 0]),
    {
      ...made("UNKNOWNU", [undefined, undefined, undefined, 1]),
      sizes: Array.from({ length: START + 6 }, (_, day) => (day < START + 4 ? 0 : 50_000)),
    },
  ]);
});
afterAll(() => market.close());

describe("volume", () => {
  it("has the bars, and says which known days have none", async () => {
    const { rows, ...facts } = await market.db.volume({ symbol: "AUSDT" });
    expect(rows.map(({ date, quote_volume, trade_count }) => [date, quote_volume, trade_count])).toEqual([
      [text(START), 100, 100],
      [text(START + 1), 0, 0],
      [text(START + 2), 100, 100],
      [text(START + 4), 100, 100],
      [text(START + 5), 60, 60],
    ]);
    expect(rows[0]).toMatchObject({ open: 10, volume: 10, taker_buy_quote_volume: 50, source: "test" });
    expect(facts).toMatchObject({
      ...{ symbol: "AUSDT", volumes_unknown: [] },
      without_bar: [{ from: text(START + 3), to: text(START + 3), days: 1 }],
    });
  });

  it("says which days of a range are not known, and refuses if none is", async () => {
    const { rows, ...facts } = await market.db.volume({
      symbol: "UNKNOWNU",
      from: text(START + 3),
      to: text(START + 5),
    });
    expect(rows).toHaveLength(1);
    expect(facts.volumes_unknown).toEqual([{ from: text(START + 4), to: text(START + 5), days: 2 }]);
    await expect(market.db.volume({ symbol: "AUSDT", from: text(0) })).rejects.toMatchObject({
      ...{ code: "NOT_KNOWN", unknown_symbols: ["AUSDT"] },
      message: expect.stringContaining("`bfa volumes`") as string,
    });
    await expect(market.db.volume({ symbol: "ausdt" })).rejects.toThrow("did you mean AUSDT?");
  });
});

describe("top", () => {
  const shown = async (args: Parameters<OpenMarket["db"]["top"]>[0]) =>
    (await market.db.top(args)).rows.map(({ rank, symbol, value, window_days: days }) => [rank, symbol, value, days]);

  it("ranks by a statistic of the days before, but not before the listing", async () => {
    // The queried day itself is not looked at, nor is UNKNOWNU's file on it.
    expect(await shown({ date: text(START + 4), window: 3, filed: true })).toEqual([
      [1, "BUSDC", 175, 2],
      [2, "EUSDT", 90, 3],
      [3, "DUSDT", 20, 3],
      [4, "AUSDT", 0, 3],
    ]);
    // AUSDT had no trade on the last day of the window.
    expect(await shown({ date: text(START + 4), window: 3, stat: "sum", top: 2 })).toEqual([
      [1, "BUSDC", 350, 2],
      [2, "EUSDT", 270, 3],
    ]);
    expect(await shown({ date: text(START + 3), window: 2, stat: "mean", asOf: "close", quote: "USDT" })).toEqual([
      [1, "EUSDT", 90, 2],
      [2, "DUSDT", 20, 2],
    ]);
    expect(await shown({ date: text(START + 4), window: 2, quote: "BTC" })).toEqual([[1, "CBTC", 5, 2]]);
  });

  it("refuses if volumes in a window, or the first day of a contract in it, are not known", async () => {
    const unknown = { code: "NOT_KNOWN", unknown_symbols: ["UNKNOWNU"] };
    await expect(market.db.top({ date: text(START + 5), window: 2 })).rejects.toMatchObject(unknown);
    expect(await shown({ date: text(START + 5), window: 1, allowPartial: 1 })).toHaveLength(4);
  });

  const bar = fc.oneof(fc.constant(undefined), fc.nat({ max: 50 }));
  const symbols = fc.array(
    fc.record({ listed: fc.nat({ max: 39 }), bars: fc.array(bar, { minLength: 40, maxLength: 40 }) }),
    { minLength: 1, maxLength: 12 },
  );
  const request = fc.record({
    day: fc.integer({ min: 1, max: 39 }),
    window: fc.integer({ min: 1, max: 45 }),
    stat: fc.constantFrom(...WINDOW_STATISTICS),
    asOf: fc.constantFrom(...AS_OF),
  });

  it("agrees with the definition, and looks at nothing after the window", async () => {
    await fc.assert(
      fc.asyncProperty(symbols, fc.array(request, { minLength: 1, maxLength: 30 }), async (made, questions) => {
        const { db, close } = await openMarket(
          FIRST,
          made.map(({ listed, bars }, index) => ({
            symbol: `S${index}USDT`,
            sizes: Array.from({ length: START + 40 }, (_, day) => (day < START + listed ? 0 : 50_000)),
            // The contract did not exist before it was listed: what an earlier one traded does not count.
            volumes: [{ from: FIRST + START, bars }],
          })),
        );
        try {
          for (const { day, ...question } of questions) {
            const { rows } = await db.top({ date: text(START + day), ...question });
            expect(rows.map(({ symbol, value }) => [symbol, value])).toEqual(oracle(made, day, question));
          }
        } finally {
          await close();
        }
      }),
      { numRuns: 4 },
    );
  });
});

/** The definition in the notes, word for word. */
function oracle(
  made: readonly { listed: number; bars: readonly (number | undefined)[] }[],
  day: number,
  { window, stat, asOf }: { window: number; stat: WindowStatistic; asOf: AsOf },
): [string, number][] {
  const end = asOf === "open" ? day - 1 : day;
  return made
    .flatMap(({ listed, bars }, index): [string, number][] => {
      if (listed > end || (bars[end] ?? 0) === 0) return [];
      const days = bars.slice(Math.max(listed, end - window + 1), end + 1).map((value) => value ?? 0);
      const sum = days.reduce((total, value) => total + value, 0);
      const sorted = days.toSorted((a, b) => a - b);
      const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
      return [[`S${index}USDT`, { sum, mean: sum / days.length, median: (low + high) / 2 }[stat]]];
    })
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

describe("market", () => {
  it("adds up the day, each ticker once and only dollars", async () => {
    const { rows } = await market.db.market({ from: text(START), to: text(START + 3) });
    expect(rows[0]).toEqual({
      ...{ date: text(START), traded_count: 3, quote_volume: 210, trade_count: 210 },
      ...{ top_1_share: 100 / 210, top_5_share: 1, top_10_share: 1, volumes_unknown_count: 0 },
      herfindahl: expect.closeTo((100 ** 2 + 90 ** 2 + 20 ** 2) / 210 ** 2, 12) as number,
    });
    expect(rows.map(({ traded_count: traded }) => traded)).toEqual([3, 2, 4, 4]);
    expect((await market.db.market({ from: text(START), quote: "BTC" })).rows).toMatchObject([{ quote_volume: 5 }]);
  });

  it("leaves out what is not known, or refuses it", async () => {
    const { rows, volumes_unknown: unknown } = await market.db.market();
    expect(unknown).toEqual([{ from: text(START + 4), to: text(START + 5), days: 2 }]);
    expect(rows.at(-1)?.date).toBe(text(START + 3));
    const span = { from: text(START + 3), to: text(START + 4) };
    await expect(market.db.market(span)).rejects.toMatchObject({ code: "NOT_KNOWN", unknown_symbols: ["UNKNOWNU"] });
    const { rows: partial } = await market.db.market({ ...span, allowPartial: 1 });
    expect(partial.map((row) => row.volumes_unknown_count)).toEqual([0, 1]);
  });
});

it("gives a concentration of 1 for one part and 1/n for n equal ones, whatever their order", () => {
  expect(concentration([])).toMatchObject({ total: 0, herfindahl: null });
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), { minLength: 1 }), (volumes) => {
      const found = concentration(volumes);
      const equal = concentration(volumes.map(() => 7));
      expect(equal.herfindahl).toBeCloseTo(1 / volumes.length, 10);
      expect(found.herfindahl).toBeGreaterThan(1 / volumes.length - 1e-9);
      expect(found.share(volumes.length)).toBe(1);
      const again = concentration([...volumes].reverse());
      expect([again.total, again.herfindahl, again.share(3)]).toEqual([found.total, found.herfindahl, found.share(3)]);
    }),
  );
});
