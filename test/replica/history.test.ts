import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.js";
import { listedHistory } from "../../src/replica/files.js";
import { countFiles, countSymbols, fileIndex, type Folder, type History } from "../../src/replica/history.js";
import { spansHistory } from "../../src/replica/spans.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { DAY_MS, dayOf } from "../../src/calendar/day.js";
import { compareUtf8 } from "../../src/vision/list-order.js";
import { classifySymbol, isSymbol } from "../../src/vision/symbol.js";
import { file, foreign } from "../support/replica.js";

const THROUGH = dayOf("2026-02-15");

/** The files of a folder up to a day, as rows. */
function rows(folder: Folder | undefined, through: number): string[] {
  if (!folder) return [];
  return [...folder.days].flatMap((day, i) =>
    day > through ? [] : [`${day} ${String(folder.sizes[i])} ${String(folder.uploaded[i])}`],
  );
}

function folder(history: History, symbol: string): Folder | undefined {
  return history.folders.find((candidate) => candidate.symbol === symbol);
}

describe("synthetic history", () => {
  const full = syntheticHistory({ through: THROUGH });

  it("has 327 symbols of all shapes by default, in the order of their UTF-8 bytes", () => {
    expect(countSymbols(full)).toBe(327);
    const symbols = full.folders.map(({ symbol }) => symbol);
    expect(symbols).toEqual([...symbols].sort(compareUtf8));
    expect(symbols.every(isSymbol)).toBe(true);
    expect(symbols).toEqual(expect.arrayContaining(["ICPUSDT_SETTLED", "AERGOUSDTSETTLEDSETTLED", "币安人生USDT"]));
    expect(symbols).toContain("BTCUSDT_231229");
    expect(new Set(symbols.map((symbol) => classifySymbol(symbol).quote))).toEqual(new Set(["USDT", "USDC", "BUSD"]));
    expect(full.foreign.map(({ key }) => key)).toContain("data/futures/um/daily/klines/BTCUSDT//");
  });

  it("begins with three symbols on 2019-12-31 and lists the others over the years", () => {
    const firstDay = (candidate: Folder): number => candidate.days[0] ?? 0;
    const first = full.folders.filter((candidate) => firstDay(candidate) === dayOf("2019-12-31"));
    expect(first.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(["BCHUSDT", "BTCUSDT", "ETHUSDT"]));
    expect(new Set(full.folders.map(firstDay)).size).toBeGreaterThan(200);
    const ended = full.folders.filter((candidate) => (candidate.days.at(-1) ?? 0) < dayOf("2026-01-01"));
    expect(ended.length).toBeGreaterThan(20);
    // Days missing inside a life.
    const holes = full.folders.filter(({ days }) => (days.at(-1) ?? 0) - (days[0] ?? 0) + 1 > days.length);
    expect(holes.length).toBeGreaterThan(50);
  });

  it("has realistic sizes: live about 49 kB, flat 7.4 to 8.1 kB", () => {
    const sizes = full.folders.flatMap((candidate) => [...candidate.sizes]).sort((a, b) => a - b);
    expect(sizes[sizes.length >> 1]).toBeGreaterThan(42_000);
    expect(sizes[sizes.length >> 1]).toBeLessThan(54_000);
    const flat = rows(folder(full, "ICPUSDT_SETTLED"), THROUGH)
      .slice(-300)
      .map((row) => Number(row.split(" ")[1]));
    expect(Math.max(...flat)).toBeLessThanOrEqual(8_100);
    expect(Math.min(...flat)).toBeGreaterThanOrEqual(7_400);
  });

  it("uploads between 08:30 and 11:30 UTC, mostly on the next day, the oldest files later in one go", () => {
    let late = 0;
    let all = 0;
    for (const { days, uploaded } of full.folders) {
      days.forEach((day, i) => {
        const second = uploaded[i] ?? 0;
        if (day < dayOf("2021-03-01")) {
          expect(Math.floor((second * 1000) / DAY_MS)).toBe(dayOf("2021-03-05"));
          return;
        }
        all++;
        if (second > (day + 2) * 86_400) late++;
        if (second % 86_400 < 8.5 * 3600 || second % 86_400 > 11.5 * 3600) expect.fail(`uploaded at ${second}`);
      });
    }
    expect(late / all).toBeGreaterThan(0.002);
    expect(late / all).toBeLessThan(0.004);
  });

  it("is the same for the same seed, different for another one, and grows without changing", () => {
    expect(syntheticHistory({ through: THROUGH, symbols: 40 })).toEqual(
      syntheticHistory({ through: THROUGH, symbols: 40 }),
    );
    const cut = dayOf("2023-06-01");
    const shorter = syntheticHistory({ through: cut });
    for (const { symbol } of full.folders) {
      expect(rows(folder(shorter, symbol), THROUGH)).toEqual(rows(folder(full, symbol), cut));
    }
    const later = syntheticHistory({ through: THROUGH, from: cut });
    expect(rows(folder(later, "ETHUSDT"), THROUGH)).toEqual(
      rows(folder(full, "ETHUSDT"), THROUGH).filter((row) => Number(row.split(" ")[0]) >= cut),
    );
    const other = syntheticHistory({ through: cut, seed: 2 });
    expect(rows(folder(other, "BTCUSDT"), cut)).not.toEqual(rows(folder(full, "BTCUSDT"), cut));
  });

  it("shows no file before its upload", () => {
    const through = dayOf("2026-02-15");
    const at = (hours: number): number => {
      const now = (through + 1) * DAY_MS + hours * 3_600_000;
      const history = syntheticHistory({ through, from: through, now });
      for (const { uploaded } of history.folders) expect((uploaded[0] ?? 0) * 1000).toBeLessThanOrEqual(now);
      return countFiles(history);
    };
    const whole = countFiles(syntheticHistory({ through, from: through }));
    expect(at(8)).toBe(0);
    expect(at(10)).toBeGreaterThan(0);
    expect(at(10)).toBeLessThan(whole);
    expect(at(9 * 24)).toBe(whole);
    // Before the bulk upload of March 2021, old files have the time of their first upload.
    const before = syntheticHistory({ through: dayOf("2020-02-01"), symbols: 3, now: dayOf("2020-03-01") * DAY_MS });
    expect(Math.floor((folder(before, "BTCUSDT")?.uploaded[0] ?? 0) / 86_400)).toBe(dayOf("2020-01-01"));
  });

  it("refuses a number of symbols that isn't one", () => {
    for (const symbols of [0, 1.5, Number.NaN, 1e9]) {
      expect(() => syntheticHistory({ through: THROUGH, symbols })).toThrow(UsageError);
    }
  });
});

describe("listed history", () => {
  it("accepts files in any order, and the last one of a day counts", () => {
    const history = listedHistory(
      [file("B1USDT", "2024-01-02"), file("B1USDT", "2024-01-01", 3000), file("B1USDT", "2024-01-01", 4000)],
      [foreign("x", 1), foreign("x", 2)],
    );
    const [only] = history.folders;
    expect([only?.symbol, [...(only?.sizes ?? [])]]).toEqual(["B1USDT", [4000, 2000]]);
    expect(only && fileIndex(only, dayOf("2024-01-02"))).toBe(1);
    expect(only && fileIndex(only, dayOf("2024-01-03"))).toBe(-1);
    expect(history.foreign).toMatchObject([{ key: "x", size: 2 }]);
  });

  it("refuses what S3 can't store", () => {
    expect(() => listedHistory([file("BTCUSDT", "2024-01-01", 10)])).toThrow(/10 bytes/);
    expect(() => listedHistory([{ ...file("BTCUSDT", "2024-01-01"), lastModified: 1.5 }])).toThrow(/whole second/);
    const at = (seconds: number) => [{ ...file("BTCUSDT", "2024-01-01"), lastModified: seconds * 1000 }];
    expect(() => listedHistory(at(2 ** 32))).toThrow(/is after 2106-02-07/);
    expect(() => listedHistory(at(2 ** 32 - 1))).not.toThrow();
    const kline = "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.zip";
    expect(() => listedHistory([], [foreign(kline)])).toThrow(UsageError);
  });
});

describe("history from a CSV of spans", () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), "bfa-spans-"));
  });
  afterAll(() => rm(place, { recursive: true }));

  async function read(...lines: string[]): Promise<History> {
    const path = join(place, "spans.csv");
    await writeFile(path, ["symbol,first_day,last_day,bytes_per_day", ...lines, ""].join("\n"));
    return spansHistory(path);
  }

  it("has every day of every span, holes between them, and the later line's file where they overlap", async () => {
    const history = await read(
      "龙虾USDT,2024-01-01,2024-01-02,8000",
      "BTCUSDT,2024-02-01,2024-02-03,48155",
      "BTCUSDT,2024-01-30,2024-01-30,7700",
      "BTCUSDT,2024-02-03,2024-02-04,50000",
    );
    expect(history.folders.map(({ symbol }) => symbol)).toEqual(["BTCUSDT", "龙虾USDT"]);
    expect([...(folder(history, "BTCUSDT")?.days ?? [])]).toEqual(
      ["2024-01-30", "2024-02-01", "2024-02-02", "2024-02-03", "2024-02-04"].map(dayOf),
    );
    expect([...(folder(history, "BTCUSDT")?.sizes ?? [])]).toEqual([7700, 48155, 48155, 50000, 50000]);
  });

  it.each([
    ["BTCUSDT,2024-01-01,2024-01-02", /:3: 3 columns/],
    ["BTC/USDT,2024-01-01,2024-01-02,8000", /:3: 'BTC\/USDT' is not a symbol/],
    ["BTCUSDT,2024-02-30,2024-03-02,8000", /:3: '2024-02-30' is not a date/],
    ["BTCUSDT,2024-01-02,2024-01-01,8000", /:3: last_day 2024-01-01 is before/],
    ["BTCUSDT,0001-01-02,2024-01-01,8000", /:3: /],
    ["BTCUSDT,2024-01-01,2024-01-02,eight", /:3: bytes_per_day 'eight'/],
    ['BTCUSDT,"2024-01-01,2024-01-02,8000', /spans\.csv/],
  ])("names file and line of %s", async (line, message) => {
    const failure = await read("BTCUSDT,2023-01-01,2023-01-02,8000", line).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as Error).message).toMatch(message);
  });

  it("says if a file can't be read or isn't one of spans", async () => {
    expect(() => spansHistory(join(place, "none.csv"))).toThrow(UsageError);
    await writeFile(join(place, "other.csv"), "a,b\n1,2\n");
    expect(() => spansHistory(join(place, "other.csv"))).toThrow(/other\.csv:1: the first line/);
  });
});
