import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS, dayOf, formatDay, type Day } from "../../src/calendar/day.js";
import type { AdmittedSymbol } from "../../src/store/admitted-cells.js";
import { dayConditions } from "../../src/store/conditions.js";
import { openStore, type Store } from "../../src/store/open.js";
import type { Condition } from "../../src/vision/condition.js";
import { temporaryFolder } from "../support/database.js";

const D0 = dayOf("2025-03-01");
const SYMBOLS = Array.from({ length: 40 }, (_, index) => `S${String(index).padStart(2, "0")}USDT`);
const NEVER_LACKING: AdmittedSymbol[] = SYMBOLS.map((symbol) => ({ symbol, absentAt: undefined }));

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;
beforeAll(async () => {
  folder = temporaryFolder();
  store = await openStore(join(folder.path, "conditions.duckdb"));
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

/**
 * Fills the table: for each symbol and day, the size of the file (0: missing) and the hours from the start of its day
 * to the probe.
 */
async function fill(
  days: number,
  cell: (symbol: number, offset: number) => { size: number; hours: number } | undefined,
): Promise<void> {
  await store.connection.run("DELETE FROM availability");
  const rows = SYMBOLS.flatMap((name, symbol) =>
    Array.from({ length: days }, (_, offset) => ({ name, offset, made: cell(symbol, offset) })).flatMap(
      ({ name: symbolName, offset, made }) => {
        if (made === undefined) return [];
        const day = D0 + offset;
        const file = made.size > 0 ? `true, ${made.size}, TIMESTAMP '2024-01-01', 200` : "false, NULL, NULL, 404";
        return [
          `(DATE '${formatDay(day)}', '${symbolName}', ${file}, epoch_ms(${day * DAY_MS + made.hours * 3_600_000})::TIMESTAMP)`,
        ];
      },
    ),
  );
  await store.connection.run(
    `INSERT INTO availability (date, symbol, available, file_size_bytes, last_modified, status_code, probe_timestamp)
      VALUES ${rows.join(", ")}`,
  );
  await store.connection.run(
    `DELETE FROM daily_symbol_counts; INSERT INTO daily_symbol_counts
      SELECT date, count(*) FILTER (available), count(*) FROM availability GROUP BY date`,
  );
}

async function conditionsOf(
  from: Day,
  to: Day,
  options: { symbols?: readonly AdmittedSymbol[]; listedAt?: number | undefined; now?: number } = {},
): Promise<Condition[]> {
  const { symbols = NEVER_LACKING, now = (D0 + 200) * DAY_MS } = options;
  const listedAt = "listedAt" in options ? options.listedAt : now;
  const found = await dayConditions(store, { symbols, from, to, listedAt, now });
  return found.map(({ condition }) => condition);
}

const LATE = 24 * 100;
const FILE = 50_000;

describe("the condition of the cells that a query admits", () => {
  it("is final if all were probed late enough, and partial if a run left some out", async () => {
    // All of them up to the third day, then only one symbol, as by `update --symbols`.
    await fill(6, (symbol, offset) => (offset < 3 || symbol === 7 ? { size: FILE, hours: LATE } : undefined));
    expect(await conditionsOf(D0, D0 + 6)).toEqual([
      "final",
      "final",
      "final",
      "partial",
      "partial",
      "partial",
      "unwritten",
    ]);
    const only = [{ symbol: "S07USDT", absentAt: undefined }];
    expect(await conditionsOf(D0, D0 + 5, { symbols: only })).toEqual(Array(6).fill("final"));
  });

  it("names the symbols that were never probed", async () => {
    await fill(1, (symbol) => (symbol === 3 || symbol === 5 ? undefined : { size: FILE, hours: LATE }));
    const question = {
      symbols: NEVER_LACKING,
      from: D0,
      to: D0,
      listedAt: D0 * DAY_MS + LATE * 3_600_000,
      now: (D0 + 200) * DAY_MS,
    };
    const [day] = await dayConditions(store, question);
    expect(day).toMatchObject({
      condition: "partial",
      unknown: 2,
      unknownSymbols: ["S03USDT", "S05USDT"],
      available: 38,
    });
  });

  it("is unpublished while only half of the files exist, and provisional later", async () => {
    const half = (symbol: number, offset: number) => ({ size: offset < 10 || symbol % 2 === 0 ? FILE : 0, hours: 33 });
    await fill(11, half);
    expect((await conditionsOf(D0 + 9, D0 + 10)).slice(-2)).toEqual(["provisional", "unpublished"]);
    await fill(11, (symbol, offset) => ({ ...half(symbol, offset), hours: offset < 10 ? 33 : 24 * 5 }));
    expect(await conditionsOf(D0 + 10, D0 + 10)).toEqual(["provisional"]);
  });

  it("is compared with the last published day, also across several unpublished ones", async () => {
    await fill(14, (symbol, offset) => ({ size: offset < 10 || symbol === 0 ? FILE : 0, hours: 33 }));
    expect(await conditionsOf(D0 + 13, D0 + 13)).toEqual(["unpublished"]);
    expect(await conditionsOf(D0 + 9, D0 + 12)).toEqual(["provisional", "unpublished", "unpublished", "unpublished"]);
  });

  it("is provisional when a few symbols lack a file, as on any day", async () => {
    await fill(11, (symbol, offset) => ({ size: offset < 10 || symbol > 3 ? FILE : 0, hours: 33 }));
    expect(await conditionsOf(D0 + 10, D0 + 10)).toEqual(["provisional"]);
  });

  it("is unpublished on an empty day until a sweep after D+90", async () => {
    await fill(11, (_symbol, offset) => ({ size: offset === 5 ? 0 : FILE, hours: 24 * 95 }));
    const sweptAt = (day: Day, outcome: string) =>
      store.connection.run(
        `INSERT INTO runs (run_id, command, from_date, to_date, symbols, started_at, outcome)
          VALUES (1, 'sweep', DATE '2025-03-01', DATE '2025-03-01', 1, DATE '${formatDay(day)}', '${outcome}')`,
      );
    expect(await conditionsOf(D0 + 4, D0 + 6)).toEqual(["final", "unpublished", "final"]);
    await sweptAt(D0 + 5 + 89, "whole");
    await sweptAt(D0 + 5 + 90, "failed");
    expect(await conditionsOf(D0 + 5, D0 + 5)).toEqual(["unpublished"]);
    await sweptAt(D0 + 5 + 90, "whole");
    expect(await conditionsOf(D0 + 4, D0 + 6)).toEqual(["final", "final", "final"]);
  });

  it("is provisional while a hole may still be filled", async () => {
    const hole = (hours: number) => (symbol: number, offset: number) => ({
      size: symbol === 2 && offset === 5 ? 0 : FILE,
      hours,
    });
    await fill(11, hole(24 * 30));
    expect(await conditionsOf(D0 + 4, D0 + 6)).toEqual(["final", "provisional", "final"]);
    await fill(11, hole(24 * 95));
    expect(await conditionsOf(D0 + 5, D0 + 5)).toEqual(["final"]);
  });

  it("is final on days after a symbol's last file, which are not holes", async () => {
    await fill(60, (symbol, offset) => ({ size: symbol === 2 && offset > 5 ? 0 : FILE, hours: 24 * 30 }));
    expect(await conditionsOf(D0 + 5, D0 + 8)).toEqual(Array(4).fill("final"));
  });

  it("takes a complete listing that lacks a symbol for a probe of its earlier cells", async () => {
    await fill(10, (symbol) => (symbol === 9 ? undefined : { size: FILE, hours: LATE }));
    const listedNow = NEVER_LACKING.map((one) =>
      one.symbol === "S09USDT" ? { ...one, absentAt: (D0 + 6) * DAY_MS + 1 } : one,
    );
    expect((await conditionsOf(D0 + 5, D0 + 8, { symbols: listedNow })).slice(0, 4)).toEqual([
      "provisional",
      "partial",
      "partial",
      "partial",
    ]);
  });

  it("is not partial for a dormant symbol that waits for its weekly LIST", async () => {
    await fill(106, (symbol, offset) =>
      symbol === 4 && offset > 96 ? undefined : { size: symbol === 4 && offset > 20 ? 0 : FILE, hours: 30 },
    );
    const now = (D0 + 107) * DAY_MS;
    expect(await conditionsOf(D0 + 97, D0 + 103, { now })).toEqual(Array(7).fill("provisional"));
    expect(await conditionsOf(D0 + 104, D0 + 105, { now })).toEqual(Array(2).fill("partial"));
  });

  it("is partial if nobody probed a symbol for so long that it would be dormant if it had no file", async () => {
    await fill(100, (symbol, offset) => (symbol === 4 && offset > 20 ? undefined : { size: FILE, hours: 30 }));
    expect(await conditionsOf(D0 + 99, D0 + 99, { now: (D0 + 101) * DAY_MS })).toEqual(["partial"]);
    await fill(100, (symbol, offset) =>
      symbol === 4 && offset > 20 && offset !== 60
        ? undefined
        : { size: offset > 20 && symbol === 4 ? 0 : FILE, hours: 30 },
    );
    expect(await conditionsOf(D0 + 61, D0 + 61, { now: (D0 + 101) * DAY_MS })).toEqual(["partial"]);
  });

  it("does not believe a probe from the future", async () => {
    await fill(3, (symbol) => ({ size: FILE, hours: symbol === 0 ? 24 * 700 : LATE }));
    expect(await conditionsOf(D0, D0 + 2)).toEqual(Array(3).fill("partial"));
  });

  it("is never final if the bucket was not listed since: a new symbol may be missing", async () => {
    await fill(3, () => ({ size: FILE, hours: LATE }));
    expect(await conditionsOf(D0, D0, { listedAt: undefined })).toEqual(["provisional"]);
    expect(await conditionsOf(D0, D0, { listedAt: (D0 + 1) * DAY_MS })).toEqual(["provisional"]);
  });
});
