import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareCounts } from "../../src/check/compare-counts.js";
import { openAvailability, type Availability } from "../../src/open-availability.js";
import { readArguments } from "../../src/query/arguments.js";
import listings from "../../src/query/listings.js";
import snapshot from "../../src/query/snapshot.js";
import { openReader, openStore, type Store } from "../../src/store/open.js";
import { recordDiscovery } from "../../src/store/symbols.js";
import { UnitWriter } from "../../src/store/write/commit.js";
import { formatTime } from "../../src/calendar/time.js";
import { DAY_MS, dayOf, formatDay } from "../../src/calendar/day.js";
import { finalFrom } from "../../src/vision/finality.js";
import { temporaryFolder } from "../support/database.js";
import { dayUnit, LATE, symbolUnit, writerFor } from "../support/store.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/**
 * Days -30 to 99 of the history are all final; each symbol's days with a file are given as spans of day numbers. A life
 * that begins on day -30 may have begun earlier.
 */
const FIRST = dayOf("2023-10-01");
const START = -30;
const DAYS = 130;
const HISTORY: Record<string, [first: number, last: number][]> = {
  AUSDT: [[START, 99]],
  BUSDT: [[10, 99]],
  币安人生USDT: [
    [20, 29],
    [33, 99],
  ],
  ICPUSDT_SETTLED: [[START, 40]],
  ICPUSDT: [[60, 99]],
  BACKUSDC: [
    [5, 15],
    [70, 99],
  ],
  BTCUSDT_231229: [[START, 80]],
  NEVERUSDT: [],
};
const SYMBOLS = Object.keys(HISTORY);
const on = (offset: number) => FIRST + offset;
const text = (offset: number) => formatDay(on(offset));
const uploaded = (offset: number) => formatTime((on(offset) + 1) * DAY_MS + 36_000_000);

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;
let db: Availability;

beforeAll(async () => {
  folder = temporaryFolder();
  const file = join(folder.path, "a.duckdb");
  const { store: written, writer } = await writerFor(file, SYMBOLS);
  const has = (symbol: string, offset: number) =>
    (HISTORY[symbol] ?? []).some(([first, last]) => offset >= first && offset <= last);
  await writer.commit(
    SYMBOLS.map((name, symbol) =>
      symbolUnit(
        symbol,
        Array.from({ length: DAYS }, (_, index) => ({
          day: on(START + index),
          size: has(name, START + index) ? 1000 * (symbol + 1) : 0,
        })),
      ),
    ),
  );
  // Day 101, after a day that is not written, is provisional; day 102 was not published yet when it was probed.
  const early = (offset: number) => finalFrom(DEFAULT_DATASET.finality, on(offset)) - DAY_MS;
  await writer.commit([
    dayUnit(on(101), [
      { symbol: 0, size: 5, probedAt: early(101) },
      { symbol: 1, size: 0, probedAt: early(101) },
    ]),
  ]);
  await writer.commit([symbolUnit(0, [{ day: on(102), size: 0, probedAt: early(102) }])]);
  await writer.commit([dayUnit(on(50), [{ symbol: 0, size: 777, lastModified: LATE, probedAt: LATE + 1000 }])]);
  await recordDiscovery(written, SYMBOLS, LATE);
  await written.close();
  store = await openReader(file);
  db = await openAvailability(file);
});
afterAll(async () => {
  await db.close();
  await store.close();
  folder.remove();
});

describe("snapshot", () => {
  it("gives the files of a day by name, with settled names among the perpetuals", async () => {
    expect((await db.snapshot({ date: text(22) })).rows).toEqual([
      { symbol: "AUSDT", file_size_bytes: 1000, last_modified: uploaded(22), also: [] },
      { symbol: "BUSDT", file_size_bytes: 2000, last_modified: uploaded(22), also: [] },
      { symbol: "ICPUSDT_SETTLED", file_size_bytes: 4000, last_modified: uploaded(22), also: [] },
      { symbol: "币安人生USDT", file_size_bytes: 3000, last_modified: uploaded(22), also: [] },
    ]);
  });

  it("filters by quote asset and contract", async () => {
    const names = async (filter: Omit<Parameters<Availability["snapshot"]>[0], "date">) =>
      (await db.snapshot({ date: text(75), ...filter })).rows.map(({ symbol }) => symbol);
    expect(await names({ quote: "USDC" })).toEqual(["BACKUSDC"]);
    expect(await names({ contract: "delivery" })).toEqual(["BTCUSDT_231229"]);
    expect(await names({ contract: "all" })).toHaveLength(6);
  });

  it("says that a day is not written, or was not published, instead of giving no rows", async () => {
    await expect(db.snapshot({ date: text(100) })).rejects.toMatchObject({
      code: "NOT_KNOWN",
      message: expect.stringContaining(text(100)) as string,
    });
    await expect(db.snapshot({ date: text(102) })).rejects.toMatchObject({ code: "NOT_KNOWN" });
    await expect(db.snapshot({ date: text(START - 1) })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });

  it("gives none on a final day without files of the kind", async () => {
    expect(await db.snapshot({ date: text(99), contract: "delivery" })).toEqual({
      ...{ without_contract: [], flat_count: 0, condition: "final", conditions: [], unknown_symbols: [], rows: [] },
      ...{ sense: "filed", traded_count: 0, not_traded_count: 0, volumes_unknown_count: 0 },
    });
  });
});

describe("timeline", () => {
  it("shows holes, first and last day, and what is not written", async () => {
    const answer = await db.timeline({ symbol: "币安人生USDT" });
    expect(answer).toMatchObject({
      ...{ symbol: "币安人生USDT", class: "perpetual", first_date: text(20), last_date: text(99) },
      ...{ days_available: 77, not_written: [] },
      holes: [{ from: text(30), to: text(32), days: 3 }],
    });
    expect(answer.rows).toHaveLength(DAYS);
    expect(answer.rows.map(({ date }) => date)).toEqual(
      Array.from({ length: DAYS }, (_, index) => text(START + index)),
    );
    expect(answer.rows[19 - START]).toEqual({
      date: text(19),
      available: false,
      file_size_bytes: null,
      last_modified: null,
      traded: null,
    });
    expect(answer.rows[20 - START]).toEqual({
      date: text(20),
      available: true,
      file_size_bytes: 3000,
      last_modified: uploaded(20),
      traded: null,
    });
    expect((await db.timeline({ symbol: "AUSDT" })).not_written).toEqual([{ from: text(100), to: text(100), days: 1 }]);
  });

  it("of a symbol that never had a file, and of an unknown one", async () => {
    expect(await db.timeline({ symbol: "NEVERUSDT" })).toMatchObject({
      first_date: null,
      last_date: null,
      days_available: 0,
      holes: [],
    });
    await expect(db.timeline({ symbol: "NOSUCHUSDT" })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });
});

describe("range", () => {
  it("counts files on any day, or on every day", async () => {
    const span = { from: text(14), to: text(16) };
    const { rows } = await db.range(span);
    expect(rows.map(({ symbol, days_available }) => [symbol, days_available])).toEqual([
      ["AUSDT", 3],
      ["BACKUSDC", 2],
      ["BUSDT", 3],
      ["ICPUSDT_SETTLED", 3],
    ]);
    expect((await db.range({ ...span, every: true, quote: "USDC" })).rows).toEqual([]);
    expect((await db.range({ ...span, every: true })).rows.map(({ symbol }) => symbol)).not.toContain("BACKUSDC");
  });

  it("fails on a day that is not written", async () => {
    await expect(db.range({ from: text(98), to: text(101) })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });
});

describe("counts", () => {
  it("of a range and of everything", async () => {
    expect((await db.counts({ from: text(19), to: text(20) })).rows).toEqual([
      { date: text(19), available_count: 4, contract_count: 4, probed_count: 8 },
      { date: text(20), available_count: 5, contract_count: 5, probed_count: 8 },
    ]);
    const { rows: all, conditions } = await db.counts();
    expect(all).toHaveLength(DAYS);
    expect(all.at(-1)?.date).toBe(text(99));
    // Days that can't be answered are left out, and the answer says so.
    expect(conditions).toEqual([
      { condition: "unwritten", from: text(100), to: text(100) },
      { condition: "partial", from: text(101), to: text(101) },
      { condition: "unpublished", from: text(102), to: text(102) },
    ]);
    await expect(db.counts({ from: text(99), to: text(100) })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });

  it("compared with the rows show a day whose counts were changed", async () => {
    expect(await compareCounts(store)).toEqual([]);
    const file = join(folder.path, "wrong.duckdb");
    const { store: other, writer } = await writerFor(file, SYMBOLS);
    await writer.commit([dayUnit(on(1), [{ symbol: 0, size: 5 }]), dayUnit(on(2), [{ symbol: 0, size: 5 }])]);
    await other.connection.run(`UPDATE daily_symbol_counts SET available_count = 9 WHERE date = '${text(1)}'`);
    await other.connection.run(`DELETE FROM daily_symbol_counts WHERE date = '${text(2)}'`);
    expect(await compareCounts(other)).toEqual([
      { date: text(1), stored_available: 9, counted_available: 1, stored_probed: 1, counted_probed: 1 },
      { date: text(2), stored_available: null, counted_available: 1, stored_probed: null, counted_probed: 1 },
    ]);
    await other.close();
  });
});

describe("listings and delistings", () => {
  it("tell relistings from holes, and join settled names to their ticker", async () => {
    // No capture shows what the exchange says.
    const unknownToExchange = { date_source: "bucket", onboard_date: null };
    const { rows } = await db.listings();
    expect(rows).toEqual([
      {
        date: text(5),
        ...unknownToExchange,
        symbol: "BACKUSDC",
        ticker: "BACKUSDC",
        event: "listing",
        previous_symbol: null,
        previous_last_date: null,
      },
      {
        date: text(10),
        ...unknownToExchange,
        symbol: "BUSDT",
        ticker: "BUSDT",
        event: "listing",
        previous_symbol: null,
        previous_last_date: null,
      },
      {
        date: text(20),
        ...unknownToExchange,
        symbol: "币安人生USDT",
        ticker: "币安人生USDT",
        event: "listing",
        previous_symbol: null,
        previous_last_date: null,
      },
      {
        date: text(60),
        ...unknownToExchange,
        symbol: "ICPUSDT",
        ticker: "ICPUSDT",
        event: "relisting",
        previous_symbol: "ICPUSDT_SETTLED",
        previous_last_date: text(40),
      },
      {
        date: text(70),
        ...unknownToExchange,
        symbol: "BACKUSDC",
        ticker: "BACKUSDC",
        event: "relisting",
        previous_symbol: "BACKUSDC",
        previous_last_date: text(15),
      },
    ]);
    expect((await db.listings({ from: text(10), to: text(20) })).rows.map(({ symbol }) => symbol)).toEqual([
      "BUSDT",
      "币安人生USDT",
    ]);
  });

  it("leave out contracts that may have been listed earlier, and refuse a range with the first known day of one", async () => {
    const everything = await db.listings();
    expect(everything.left_out_symbols).toEqual(["AUSDT", "ICPUSDT_SETTLED"]);
    const first = { from: text(START), to: text(5) };
    await expect(db.listings(first)).rejects.toMatchObject({
      ...{ code: "NOT_KNOWN", condition: "partial", unknown_symbols: ["AUSDT", "ICPUSDT_SETTLED"] },
    });
    const partial = await db.listings({ ...first, allowPartial: 2 });
    expect(partial.left_out_symbols).toEqual(["AUSDT", "ICPUSDT_SETTLED"]);
    expect(partial.rows.map(({ symbol }) => symbol)).toEqual(["BACKUSDC"]);
    expect((await db.listings({ from: text(START + 1), to: text(5) })).left_out_symbols).toEqual([]);
  });

  it("a delisting needs a final day after it", async () => {
    expect((await db.delistings({ contract: "all" })).rows).toEqual([
      {
        date: text(15),
        symbol: "BACKUSDC",
        ticker: "BACKUSDC",
        days_listed: 11,
        relisted_date: text(70),
        source: "files",
      },
      {
        date: text(40),
        symbol: "ICPUSDT_SETTLED",
        ticker: "ICPUSDT",
        days_listed: 71,
        relisted_date: text(60),
        source: "files",
      },
      {
        date: text(80),
        symbol: "BTCUSDT_231229",
        ticker: "BTCUSDT",
        days_listed: 111,
        relisted_date: null,
        source: "files",
      },
    ]);
    // BUSDT has no file on day 101, but that answer is provisional.
    expect((await db.delistings()).rows.map(({ symbol }) => symbol)).not.toContain("BUSDT");
  });
});

describe("universe", () => {
  const names = async (offset: number, options: Omit<Parameters<Availability["universe"]>[0], "date">) =>
    (await db.universe({ date: text(offset), ...options })).rows.map(({ symbol }) => symbol);

  it("has the symbols that existed and were old enough", async () => {
    expect((await db.universe({ date: text(30), minAge: 20 })).rows).toEqual([
      { symbol: "AUSDT", first_date: text(START), age_days: 60, age_is_minimum: true, file_size_bytes: 1000, also: [] },
      { symbol: "BUSDT", first_date: text(10), age_days: 20, age_is_minimum: false, file_size_bytes: 2000, also: [] },
      {
        symbol: "ICPUSDT_SETTLED",
        first_date: text(START),
        age_days: 60,
        age_is_minimum: true,
        file_size_bytes: 4000,
        also: [],
      },
    ]);
    expect(await names(30, { minAge: 21, minBytes: 1001 })).toEqual(["ICPUSDT_SETTLED"]);
  });

  it("looks at nothing after the day, unless asked to", async () => {
    const before = await names(30, { minAge: 0 });
    const file = join(folder.path, "past.duckdb");
    const { store: past, writer } = await writerFor(file, SYMBOLS);
    await writer.commit(
      Array.from({ length: 61 }, (_, index) => START + index).map((offset) =>
        dayUnit(
          on(offset),
          SYMBOLS.map((name, symbol) => ({
            symbol,
            size: (HISTORY[name] ?? []).some(([first, last]) => offset >= first && offset <= last) ? 1 : 0,
          })),
        ),
      ),
    );
    await past.close();
    await using pastDb = await openAvailability(file);
    const { rows } = await pastDb.universe({ date: text(30), minAge: 0 });
    expect(rows.map(({ symbol }) => symbol)).toEqual(before);
    expect(await names(30, { minAge: 0, aliveUntil: text(50) })).toEqual(["AUSDT", "BUSDT"]);
  });

  it("takes no other contract under the same name as one that is still alive", async () => {
    expect(await names(10, { minAge: 0, aliveUntil: text(15) })).toContain("BACKUSDC");
    expect(await names(10, { minAge: 0, aliveUntil: text(80) })).toEqual(["AUSDT", "BUSDT"]);
    expect(await names(80, { minAge: 0, aliveUntil: text(80) })).toContain("BACKUSDC");
    await expect(names(80, { minAge: 0, aliveUntil: text(79) })).rejects.toMatchObject({
      ...{ code: "USAGE", message: expect.stringContaining("aliveUntil") as string },
    });
  });

  it("fails if a day that it depends on is not written", async () => {
    await expect(names(30, { minAge: 61 })).rejects.toMatchObject({
      ...{ code: "NOT_KNOWN", condition: "partial", unknown_symbols: ["AUSDT", "ICPUSDT_SETTLED"] },
    });
    expect(await names(30, { minAge: 61, allowPartial: 2 })).toEqual([]);
    await expect(names(30, { minAge: 3, aliveUntil: text(100) })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });
});

it("gives old and new values of changes, since a day, of a kind", async () => {
  const row = {
    ...{ date: text(50), symbol: "AUSDT", kind: "replaced", old_size_bytes: 1000, new_size_bytes: 777 },
    ...{ old_last_modified: uploaded(50), new_last_modified: formatTime(LATE), seen_at: formatTime(LATE + 1000) },
  };
  expect((await db.changes()).rows).toEqual([row]);
  expect((await db.changes({ since: "2026-01-01" })).rows).toEqual([row]);
  expect((await db.changes({ since: new Date("2026-01-02T10:00:00Z") })).rows).toEqual([]);
  expect((await db.changes({ kind: "late" })).rows).toEqual([]);
});

it("answers two identical concurrent queries separately", async () => {
  const days = [20, 5, 60, 22, 75];
  const together = await Promise.all(days.map((offset) => db.snapshot({ date: text(offset) })));
  for (const [index, offset] of days.entries())
    expect(together[index]).toEqual(await db.snapshot({ date: text(offset) }));
});

it("can be answered by an open writer too", async () => {
  const file = join(folder.path, "open.duckdb");
  const writable = await openStore(file);
  const writer = await UnitWriter.create(writable, { runId: 1, symbols: SYMBOLS });
  await expect(listings.run(writable, readArguments(listings.args, {}))).rejects.toMatchObject({ code: "NOT_KNOWN" });
  await writer.commit([dayUnit(FIRST, [{ symbol: 0, size: 5 }])]);
  const { rows } = await snapshot.run(writable, readArguments(snapshot.args, { date: text(0) }));
  expect(rows).toHaveLength(1);
  await writable.close();
});
