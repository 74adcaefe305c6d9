import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY_MS } from "../../src/calendar/day.js";
import { Counters } from "../../src/rows/counters.js";
import type { News } from "../../src/store/news.js";
import { Writer } from "../../src/store/writer.js";
import { temporaryFolder } from "../support/database.js";
import { D0, LATE, rowsOfCells, type Cell } from "../support/store.js";

const SYMBOLS = ["AUSDT", "BUSDT", "CUSDT", "AUSDTSETTLED"];
const [A, B, C, A_SETTLED] = [0, 1, 2, 3];

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

/** Writes cells in a separate run, and returns what it found. */
async function run(cells: readonly Cell[]): Promise<News> {
  const writer = await Writer.open(join(folder.path, "a.duckdb"));
  const days = cells.map(({ day }) => day);
  const start = { command: "update", from: Math.min(...days), to: Math.max(...days), symbolCount: 4, startedAt: LATE };
  writer.begin(start, SYMBOLS, new Counters());
  const expected = new Map<number, number>();
  for (const { symbol } of cells) expected.set(symbol, (expected.get(symbol) ?? 0) + 1);
  await writer.beginStep({ by: "symbol", source: "list", expected });
  await writer.receive(rowsOfCells([...cells].sort((a, b) => a.symbol - b.symbol || a.day - b.day)));
  await writer.endStep(cells.length);
  await writer.finish();
  const news = await writer.news(LATE);
  await writer.close();
  return news;
}

const files = (symbol: number, from: number, to: number, more: Partial<Cell> = {}): Cell[] =>
  Array.from({ length: to - from + 1 }, (_, offset) => ({ symbol, day: D0 + from + offset, size: 50_000, ...more }));
const absent = (symbol: number, from: number, to: number, probedAt = LATE) =>
  files(symbol, from, to, { size: 0, probedAt });

const NONE = { listings: [], delistings: [], changedFiles: [] };

describe("what a run found", () => {
  it("is nothing in a file that was empty", async () => {
    expect(await run([...files(A, 0, 5), ...absent(A, 6, 9), ...files(B, 3, 9)])).toEqual(NONE);
  });

  it("is contracts that came to market, once", async () => {
    await run(files(A, 0, 5));
    const news = { ...NONE, listings: [{ symbol: "BUSDT", day: D0 + 6 }] };
    expect(await run([...files(A, 6, 8), ...absent(B, 4, 5), ...files(B, 6, 8)])).toEqual(news);
    expect(await run([...files(A, 6, 9), ...files(B, 6, 9)])).toEqual(NONE);
  });

  it("is not contracts from further back", async () => {
    await run(files(A, 0, 5));
    expect(await run([...files(A, -20, -1), ...files(B, -10, -3)])).toEqual(NONE);
  });

  it("is a ticker that comes back after a month as another contract", async () => {
    await run([...files(A, 0, 5), ...files(C, 0, 80)]);
    const news = await run([...absent(A, 6, 49), ...files(A, 50, 60)]);
    expect(news).toEqual({ ...NONE, listings: [{ symbol: "AUSDT", day: D0 + 50 }] });
  });

  it("is contracts that ended, once that is believed", async () => {
    await run([...files(A, 0, 9), ...files(B, 0, 9)]);
    const early = (D0 + 13) * DAY_MS;
    expect(await run([...absent(B, 10, 12, early), ...files(A, 10, 12, { probedAt: early })])).toEqual(NONE);
    expect(await run(absent(B, 10, 12))).toEqual({ ...NONE, delistings: [{ symbol: "BUSDT", day: D0 + 9 }] });
    expect(await run(absent(B, 13, 15))).toEqual(NONE);
  });

  it("is no settled folder that repeats files of the contract, neither when it appears nor when it ends", async () => {
    await run([...files(A, 0, 20), ...files(B, 0, 20)]);
    expect(await run(files(A_SETTLED, 3, 8))).toEqual(NONE);
    expect(await run(absent(A_SETTLED, 9, 20))).toEqual(NONE);
  });

  it("is a settled folder of a separate contract, when it appears and when it ends", async () => {
    await run([...files(A, 12, 20), ...files(B, 0, 20)]);
    expect(await run(files(A_SETTLED, 3, 8))).toEqual({ ...NONE, listings: [{ symbol: "AUSDTSETTLED", day: D0 + 3 }] });
    const news = { ...NONE, delistings: [{ symbol: "AUSDTSETTLED", day: D0 + 8 }] };
    expect(await run(absent(A_SETTLED, 9, 20))).toEqual(news);
  });

  it("is files that differ from what was believed", async () => {
    await run([...files(A, 0, 3), ...absent(B, 0, 0), ...files(B, 1, 3)]);
    const later = LATE + DAY_MS;
    const { changedFiles, listings } = await run([
      ...files(A, 0, 0, { probedAt: later }),
      ...files(A, 1, 1, { size: 51_000, probedAt: later }),
      ...files(A, 2, 2, { size: 0, probedAt: later }),
      ...files(B, 0, 0, { probedAt: later }),
    ]);
    expect(listings).toEqual([]);
    expect(changedFiles).toEqual([
      { symbol: "BUSDT", day: D0, kind: "late" },
      { symbol: "AUSDT", day: D0 + 1, kind: "replaced" },
      { symbol: "AUSDT", day: D0 + 2, kind: "removed" },
    ]);
  });
});
