import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { tradedOf } from "../../src/vision/traded.js";
import { runCli } from "../support/cli.js";
import { openMarket, type OpenMarket } from "../support/market.js";

/** Days 0 to 99 are probed and final. */
const FIRST = dayOf("2024-01-01");
const DAYS = 100;
const text = (offset: number) => formatDay(FIRST + offset);

/** One value per day, and another one in some spans of days. */
function daily<T>(rest: T, ...spans: [first: number, last: number, value: T][]): T[] {
  return Array.from({ length: DAYS }, (_, day) => {
    const span = spans.find(([first, last]) => first <= day && day <= last);
    return span === undefined ? rest : span[2];
  });
}

/** Volumes of all days are known. */
const LIVE = { symbol: "LIVEUSDT", sizes: daily(50_000), volumes: [{ from: FIRST, bars: daily(1_000) }] };
const MARKET = [
  LIVE,
  // Ended on day 60, but continues with flat files.
  {
    symbol: "FLATUSDT",
    sizes: daily(50_000, [61, 99, 8_000]),
    volumes: [{ from: FIRST, bars: daily<number | undefined>(500, [61, 80, 0], [81, 99, undefined]) }],
  },
  // Files from day 40 on, trades from day 45 to 69; the last file is on day 70.
  {
    symbol: "LATEUSDT",
    sizes: daily(0, [40, 70, 50_000]),
    volumes: [{ from: FIRST, bars: daily<number | undefined>(undefined, [40, 44, 0], [45, 69, 10], [70, 70, 0]) }],
  },
  // Never traded.
  { symbol: "DEADUSDT", sizes: daily(0, [35, 65, 8_000]), volumes: [{ from: FIRST, bars: daily<number>(0) }] },
];
/** From day 50 on, nothing is known about it. */
const PART = { symbol: "PARTUSDT", sizes: daily(50_000), volumes: [{ from: FIRST, bars: daily(7).slice(0, 50) }] };

let known: OpenMarket;
let some: OpenMarket;
let none: OpenMarket;

beforeAll(async () => {
  known = await openMarket(FIRST, MARKET);
  some = await openMarket(FIRST, [...MARKET, PART]);
  none = await openMarket(
    FIRST,
    MARKET.map(({ symbol, sizes }) => ({ symbol, sizes })),
  );
});
afterAll(async () => {
  for (const market of [known, some, none]) await market.close();
});

it("a day is traded, not traded, or not known", () => {
  expect(tradedOf(true, 3)).toBe("traded");
  expect(tradedOf(true, 0)).toBe("not traded");
  expect(tradedOf(true, undefined)).toBe("not traded");
  expect(tradedOf(false, 3)).toBe("not known");
});

const names = (rows: readonly { symbol: string }[]) => rows.map(({ symbol }) => symbol);

describe("snapshot and universe", () => {
  it("have only symbols that are alive by trades where trades count", async () => {
    const args = { date: text(55), minAge: 0, aliveUntil: text(65) };
    const traded = await known.db.universe(args);
    expect(traded).toMatchObject({ sense: "traded", traded_count: 3, not_traded_count: 1 });
    expect(names(traded.rows)).toEqual(["LATEUSDT", "LIVEUSDT"]);
    const filed = await known.db.universe({ ...args, filed: true });
    expect(names(filed.rows)).toEqual(["DEADUSDT", "FLATUSDT", "LATEUSDT", "LIVEUSDT"]);
    // One symbol's trades are known on the day, but not on the later one.
    const early = { ...args, date: text(45) };
    expect(await some.db.universe({ ...early, aliveUntil: text(46) })).toMatchObject({ sense: "traded" });
    expect(await some.db.universe(early)).toMatchObject({ sense: "filed", volumes_unknown_count: 0 });
    await expect(some.db.universe({ ...early, traded: true })).rejects.toMatchObject({
      ...{ code: "NOT_KNOWN", unknown_symbols: ["PARTUSDT"] },
    });
  });

  it("count trades if they are known for every symbol, and every file on request", async () => {
    const traded = await known.db.snapshot({ date: text(65) });
    expect(traded).toMatchObject({ sense: "traded", traded_count: 2, not_traded_count: 2, volumes_unknown_count: 0 });
    expect(names(traded.rows)).toEqual(["LATEUSDT", "LIVEUSDT"]);
    const filed = await known.db.snapshot({ date: text(65), filed: true });
    expect(filed).toMatchObject({ sense: "filed", flat_count: 2, not_traded_count: 2 });
    expect(names(filed.rows)).toEqual(["DEADUSDT", "FLATUSDT", "LATEUSDT", "LIVEUSDT"]);
    const universe = await known.db.universe({ date: text(65), minAge: 0 });
    expect(universe).toMatchObject({ sense: "traded", flat_count: 0, not_traded_count: 2 });
    expect(names(universe.rows)).toEqual(["LATEUSDT", "LIVEUSDT"]);
    expect(names((await known.db.universe({ date: text(65), minAge: 0, filed: true })).rows)).toHaveLength(4);
  });

  it("count files if trades are known only for some symbols, and refuse when asked for trades", async () => {
    const found = await some.db.snapshot({ date: text(65) });
    expect(found).toMatchObject({ sense: "filed", traded_count: 2, not_traded_count: 2, volumes_unknown_count: 1 });
    expect(found.rows).toHaveLength(5);
    const refused = { code: "NOT_KNOWN", condition: "partial", unknown_symbols: ["PARTUSDT"] };
    await expect(some.db.snapshot({ date: text(65), traded: true })).rejects.toMatchObject(refused);
    await expect(some.db.universe({ date: text(65), minAge: 0, traded: true })).rejects.toMatchObject(refused);
    const tolerant = await some.db.snapshot({ date: text(65), traded: true, allowPartial: 1 });
    expect(names(tolerant.rows)).toEqual(["LATEUSDT", "LIVEUSDT"]);
    // All are known on day 20.
    expect(await some.db.snapshot({ date: text(20) })).toMatchObject({ sense: "traded", traded_count: 3 });
  });

  it("without volumes are unchanged", async () => {
    const found = await none.db.snapshot({ date: text(65) });
    expect(found).toMatchObject({ sense: "filed", traded_count: 0, not_traded_count: 0, volumes_unknown_count: 4 });
    expect(found.rows).toEqual((await known.db.snapshot({ date: text(65), filed: true })).rows);
    await expect(none.db.snapshot({ date: text(65), traded: true })).rejects.toMatchObject({
      ...{ code: "NOT_KNOWN", condition: "unwritten" },
      message: expect.stringContaining("`bfa volumes`") as string,
    });
  });

  it("can't count both", async () => {
    const both = { traded: true, filed: true };
    for (const ask of [
      () => known.db.snapshot({ date: text(65), ...both }),
      () => known.db.universe({ date: text(65), minAge: 0, ...both }),
      () => known.db.range({ from: text(1), to: text(2), ...both }),
      () => known.db.listings(both),
      () => known.db.top({ date: text(65), ...both }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: "USAGE", option: "filed" });
    }
  });
});

describe("the command", () => {
  const snapshot = async ({ file }: OpenMarket, ...args: string[]) => {
    const { code, stdout, stderr } = await runCli(["query", "snapshot", text(65), "--db", file, "--json", ...args]);
    return {
      code,
      lines: stderr.split("\n").filter((line) => line !== ""),
      sense: code === 0 && (JSON.parse(stdout) as { sense: string }).sense,
    };
  };

  it("says in one line which sense it used, unless it was told", async () => {
    expect(await snapshot(known)).toEqual({
      ...{ code: 0, sense: "traded" },
      lines: ["bfa: traded: left out 2 symbols with a file but no trades; --filed shows them"],
    });
    expect(await snapshot(known, "--filed")).toEqual({ code: 0, sense: "filed", lines: [] });
    const { lines, ...filed } = await snapshot(some);
    expect(filed).toEqual({ code: 0, sense: "filed" });
    expect(lines).toEqual([expect.stringMatching(/^bfa: filed: .* volumes of 1 symbol are unknown; `bfa volumes`/)]);
    expect(await snapshot(none)).toEqual({ code: 0, sense: "filed", lines: [] });
  });

  it("exits with 4 if it is asked for trades that are not known, with 2 if it is asked for both senses", async () => {
    const refused = await snapshot(some, "--traded");
    expect(refused).toMatchObject({ code: 4, lines: [expect.stringContaining("volumes of PARTUSDT are not known")] });
    expect((await snapshot(some, "--traded", "--filed")).code).toBe(2);
  });
});

describe("range", () => {
  const span = { from: text(58), to: text(62) };
  const shown = async (options: object) =>
    (await known.db.range({ ...span, ...options })).rows.map((row) => [
      row.symbol,
      row.days_available,
      row.days_traded,
      row.first_date,
      row.last_date,
    ]);

  it("counts the days with a trade", async () => {
    expect(await shown({})).toEqual([
      ["FLATUSDT", 5, 3, text(58), text(60)],
      ["LATEUSDT", 5, 5, text(58), text(62)],
      ["LIVEUSDT", 5, 5, text(58), text(62)],
    ]);
    expect((await shown({ every: true })).map(([symbol]) => symbol)).toEqual(["LATEUSDT", "LIVEUSDT"]);
    expect(await shown({ filed: true })).toEqual([
      ["DEADUSDT", 5, 0, text(58), text(62)],
      ["FLATUSDT", 5, 3, text(58), text(62)],
      ["LATEUSDT", 5, 5, text(58), text(62)],
      ["LIVEUSDT", 5, 5, text(58), text(62)],
    ]);
  });

  it("says nothing about symbols that are not known", async () => {
    const { rows, ...facts } = await some.db.range({ from: text(48), to: text(52) });
    expect(facts).toMatchObject({ sense: "filed", volumes_unknown_count: 1 });
    expect(rows.find(({ symbol }) => symbol === "PARTUSDT")).toMatchObject({ days_available: 5, days_traded: null });
    await expect(some.db.range({ from: text(48), to: text(52), traded: true })).rejects.toMatchObject({
      ...{ code: "NOT_KNOWN", unknown_symbols: ["PARTUSDT"] },
    });
  });
});

describe("listings and delistings", () => {
  it("are at the first and the last trade", async () => {
    const listed = await known.db.listings();
    expect(listed.sense).toBe("traded");
    expect(listed.rows.map(({ symbol, date }) => [symbol, date])).toEqual([["LATEUSDT", text(45)]]);
    expect((await known.db.listings({ from: text(40), to: text(44) })).rows).toEqual([]);
    expect(names((await known.db.listings({ from: text(45), to: text(45) })).rows)).toEqual(["LATEUSDT"]);
    const filed = await known.db.listings({ filed: true });
    expect(filed.rows.map(({ symbol, date }) => [symbol, date])).toEqual([
      ["DEADUSDT", text(35)],
      ["LATEUSDT", text(40)],
    ]);
    expect((await none.db.listings()).rows).toEqual(filed.rows);
  });

  it("report a contract that has ended although its files continue, and what that is based on", async () => {
    const rows = (of: typeof known) =>
      of.db.delistings().then(({ rows }) => rows.map((row) => [row.symbol, row.date, row.source]));
    expect(await rows(known)).toEqual([
      ["FLATUSDT", text(60), "trades"],
      ["DEADUSDT", text(65), "files"],
      ["LATEUSDT", text(69), "trades"],
    ]);
    expect(await rows(none)).toEqual([
      ["DEADUSDT", text(65), "files"],
      ["LATEUSDT", text(70), "files"],
    ]);
  });
});

describe("timeline", () => {
  it("has the first and the last day with a trade, and the days without one", async () => {
    const { rows, ...facts } = await known.db.timeline({ symbol: "LATEUSDT" });
    expect(facts).toMatchObject({
      ...{ first_date: text(40), last_date: text(70), first_trade_date: text(45), last_trade_date: text(69) },
      ...{ days_traded: 25, volumes_unknown: [] },
      not_traded: [
        { from: text(40), to: text(44), days: 5 },
        { from: text(70), to: text(70), days: 1 },
      ],
    });
    expect([39, 40, 45].map((day) => rows[day]?.traded)).toEqual([false, false, true]);
  });

  it("says which days are not known", async () => {
    const { rows, ...facts } = await some.db.timeline({ symbol: "PARTUSDT" });
    expect(facts).toMatchObject({ first_trade_date: text(0), last_trade_date: text(49), days_traded: 50 });
    expect(facts.volumes_unknown).toEqual([{ from: text(50), to: text(99), days: 50 }]);
    expect(rows[50]?.traded).toBeNull();
    expect(await none.db.timeline({ symbol: "LIVEUSDT" })).toMatchObject({ first_trade_date: null, days_traded: 0 });
  });
});

describe("lives", () => {
  // A settled folder, and 30 days between: quiet by size but not by trades, and the other way round.
  const settled = { symbol: "BACKUSDTSETTLED", sizes: daily(0, [0, 20, 50_000]) };
  const sizes = { quiet: daily(50_000, [21, 50, 8_000]), busy: daily(50_000) };
  const bars = { quiet: daily(5, [21, 50, 0]), busy: daily(5) };
  const lives = async (size: keyof typeof sizes, bar?: keyof typeof bars) => {
    const volumes = bar === undefined ? [] : [{ from: FIRST, bars: bars[bar] }];
    const { db, close } = await openMarket(FIRST, [{ symbol: "BACKUSDT", sizes: sizes[size], volumes }, settled]);
    try {
      const { rows } = await db.universe({ date: text(99), minAge: 0, filed: true });
      const { lives } = await db.timeline({ symbol: "BACKUSDT" });
      expect(rows.map(({ first_date }) => first_date)).toEqual([lives.at(-1)?.from]);
      return lives.map(({ from }) => from);
    } finally {
      await close();
    }
  };

  it("are split by trades where those are known, otherwise by file sizes", async () => {
    expect(await lives("quiet")).toEqual([text(0), text(51)]);
    expect(await lives("busy")).toEqual([text(0)]);
    expect(await lives("quiet", "busy")).toEqual([text(0)]);
    expect(await lives("busy", "quiet")).toEqual([text(0), text(51)]);
  });
});
