import { copyFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAvailability, type FilesOptions } from "../../src/index.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, LATE, writerFor } from "../support/store.js";
import { change, DAYS, dateOf, market, rowsOf, sizeOf, SYMBOLS } from "./support.js";
import { propertyRuns } from "../support/property-runs.js";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeAll(async () => {
  folder = temporaryFolder();
  file = join(folder.path, "market.duckdb");
  await market(file);
});
afterAll(() => {
  folder.remove();
});

/** The list for some options, with facts and rows apart. */
async function listed(options: FilesOptions, of = file) {
  await using db = await openAvailability(of);
  const answer = await db.files(options);
  return { ...answer, rows: await rowsOf(answer) };
}

/** The cells of a list, with reasons if there are any. */
async function cellsOf(options: FilesOptions, of = file): Promise<string[]> {
  const { rows } = await listed(options, of);
  return rows.map(({ date, symbol, reason }) => `${date} ${symbol}${reason === null ? "" : ` ${reason}`}`);
}

describe("files", () => {
  it("lists each file of the index once, by date and symbol, with totals", async () => {
    const { rows, file_count, byte_count, absent_count, condition } = await listed({});
    expect({ condition, absent_count }).toEqual({ condition: "final", absent_count: null });
    // All cells except the one whose file was removed.
    expect([rows.length, file_count]).toEqual([DAYS * 3 - 1, DAYS * 3 - 1]);
    expect(rows.reduce((sum, { file_size_bytes: size }) => sum + (size ?? 0), 0)).toBe(byte_count);
    const keys = rows.map(({ date, symbol }) => `${date} ${symbol}`);
    expect([...new Set(keys)].sort()).toEqual(keys);
    const path = `data/futures/um/daily/klines/币安人生USDT/1m/币安人生USDT-1m-${dateOf(0)}.zip`;
    expect(rows[2]).toEqual({
      ...{
        date: dateOf(0),
        symbol: "币安人生USDT",
        file_size_bytes: sizeOf(2, 0),
        last_modified: "2024-03-02T10:00:00Z",
      },
      ...{ reason: null, path, url: `https://data.binance.vision/${encodeURI(path)}`, etag: "0000000700000000" },
    });
  });

  it("accepts symbols, days, a quote asset, a contract and another server", async () => {
    expect(await cellsOf({ symbols: ["BBBUSDC"], from: dateOf(37), to: dateOf(38) })).toEqual([
      `${dateOf(37)} BBBUSDC`,
      `${dateOf(38)} BBBUSDC`,
    ]);
    expect(await cellsOf({ date: dateOf(7) })).toEqual([`${dateOf(7)} AAAUSDT`, `${dateOf(7)} BBBUSDC`]);
    expect((await listed({ quote: "USDC" })).file_count).toBe(DAYS);
    expect((await listed({ from: dateOf(38) })).file_count).toBe(6);
    expect((await listed({ to: dateOf(1) })).file_count).toBe(6);
    const [row] = (await listed({ date: dateOf(0), endpoint: "https://mirror.example/vision" })).rows;
    expect(row?.url).toMatch(/^https:\/\/mirror\.example\/vision\/data\/futures\//);
  });

  it("lists checksum files after their files when asked to; the totals leave them out", async () => {
    const { rows, file_count } = await listed({ date: dateOf(0), checksums: true });
    expect([rows.length, file_count]).toEqual([6, 3]);
    expect(rows[1]).toMatchObject({ file_size_bytes: null, path: `${rows[0]?.path ?? ""}.CHECKSUM` });
    expect(rows[1]?.url).toBe(`${rows[0]?.url ?? ""}.CHECKSUM`);
  });

  it("names the server that filled the database, and its bucket", async () => {
    const other = join(folder.path, "other.duckdb");
    copyFileSync(file, other);
    await change(
      other,
      "UPDATE store_info SET endpoint = 'https://127.0.0.1:9', list_endpoint = 'https://127.0.0.1:9/mirror'",
    );
    const { rows, endpoint, bucket } = await listed({ date: dateOf(0) }, other);
    expect([endpoint, bucket]).toEqual(["https://127.0.0.1:9", "mirror"]);
    expect(rows[0]?.url).toMatch(/^https:\/\/127\.0\.0\.1:9\/data\//);
  });

  it("refuses a name that could lead out of the folder", async () => {
    const other = join(folder.path, "foreign.duckdb");
    copyFileSync(file, other);
    await change(other, "UPDATE availability SET symbol = '../../x' WHERE symbol = 'AAAUSDT'");
    await expect(listed({}, other)).rejects.toMatchObject({ code: "STORE_FOREIGN" });
  });

  it("has its list as text for a downloader", async () => {
    await using db = await openAvailability(file);
    const list = await db.files({ date: dateOf(0), symbols: ["AAAUSDT"] });
    expect(() => list.text("list" as "urls")).toThrow("is not one of urls, aria2, s5cmd, curl, tsv");
    let text = "";
    for await (const piece of list.text("urls")) text += piece;
    expect(text).toBe(
      `https://data.binance.vision/data/futures/um/daily/klines/AAAUSDT/1m/AAAUSDT-1m-${dateOf(0)}.zip\n`,
    );
  });
});

describe("files since a run", () => {
  const second = [
    `${dateOf(3)} BBBUSDC replaced`,
    `${dateOf(5)} AAAUSDT late`,
    ...[38, 39].flatMap((offset) => SYMBOLS.map((symbol) => `${dateOf(offset)} ${symbol} new`)),
  ];

  it("are what it and later runs found new, late and replaced, given its number or a day", async () => {
    expect(await cellsOf({ since: 2 })).toEqual(second);
    expect(await cellsOf({ since: "2026-01-02" })).toEqual(second);
    expect(await cellsOf({ since: 2, quote: "USDC", to: dateOf(10) })).toEqual([second[0]]);
    expect(await cellsOf({ since: "2026-01-06" })).toEqual([]);
    expect((await listed({ since: 1 })).file_count).toBe(DAYS * 3 - 1);
    expect((await listed({ since: "2025-12-31" })).file_count).toBe(DAYS * 3 - 1);
    await expect(listed({ since: 3 })).rejects.toMatchObject({
      option: "since",
      reason: "there is no run 3; the last one is 2",
    });
  });

  it.each([
    ["whose clock was behind", "ended_at = TIMESTAMP '2020-01-01' WHERE run_id = 3", "2026-01-02"],
    ["that was killed after another", "ended_at = NULL WHERE run_id = 2", "2026-01-07"],
    ["that was killed as the last one", "ended_at = NULL WHERE run_id > 1", "2026-01-07"],
  ])("of a day are complete after a run %s", async (what, sql, since) => {
    const third = join(folder.path, `${what}.duckdb`);
    copyFileSync(file, third);
    await change(third, "INSERT INTO runs BY NAME SELECT * REPLACE (3 AS run_id) FROM runs WHERE run_id = 2");
    await change(third, "UPDATE runs SET ended_at = TIMESTAMP '2026-01-08' WHERE run_id = 3");
    await change(third, `UPDATE runs SET ${sql}`);
    expect(await cellsOf({ since }, third)).toEqual(second);
  });

  it("are decided by upload time if it is not known which run first saw a file", async () => {
    const older = join(folder.path, "older.duckdb");
    copyFileSync(file, older);
    await change(
      older,
      `UPDATE availability SET first_run_id = NULL;
        UPDATE runs SET started_at = TIMESTAMP '${dateOf(39)} 12:00:00' WHERE run_id = 2`,
    );
    expect(await cellsOf({ since: 2 }, older)).toEqual([
      `${dateOf(3)} BBBUSDC replaced`,
      `${dateOf(5)} AAAUSDT late`,
      // Uploaded at 10:00 on the day after its own.
      ...SYMBOLS.map((symbol) => `${dateOf(39)} ${symbol} new`),
    ]);
  });

  it("are exactly the files that appeared or changed from then on, whatever the runs did", async () => {
    let files = 0;
    const sizes = fc.array(fc.constantFrom(0, 100, 200), { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(sizes, { minLength: 1, maxLength: 5 }), async (runs) => {
        const path = join(folder.path, `since-${files++}.duckdb`);
        const model = new Map<string, { size: number; since: number }>();
        for (const [at, cells] of runs.entries()) {
          const { store, writer } = await writerFor(path, ["AAAUSDT", "BBBUSDT"]);
          const units = [0, 1, 2].map((offset) =>
            dayUnit(
              D0 + offset,
              [0, 1].map((symbol) => ({ symbol, size: cells[offset * 2 + symbol] ?? 0, probedAt: LATE + at })),
            ),
          );
          await writer.commit(units);
          await store.close();
          for (const [cell, size] of cells.entries()) {
            const key = `${dateOf(Math.floor(cell / 2))} ${cell % 2 === 0 ? "AAAUSDT" : "BBBUSDT"}`;
            const before = model.get(key);
            model.set(key, { size, since: before?.size === size ? before.since : at + 1 });
          }
        }
        for (let run = 1; run <= runs.length; run++) {
          const expected = [...model].filter(([, { size, since }]) => size > 0 && since >= run).map(([key]) => key);
          const found = (await listed({ since: run }, path)).rows.map(({ date, symbol }) => `${date} ${symbol}`);
          expect(found).toEqual(expected.sort());
        }
      }),
      { numRuns: propertyRuns(2) },
    );
  });
});

describe("files of a list of cells", () => {
  const universe = [
    { date: dateOf(10), symbol: "AAAUSDT", rank: 1 },
    { date: dateOf(7), symbol: "币安人生USDT", rank: 1 },
    { date: dateOf(7), symbol: "BBBUSDC", rank: 2 },
  ];

  it("are those of its cells that have a file", async () => {
    expect(await cellsOf({ universe })).toEqual([`${dateOf(7)} BBBUSDC`, `${dateOf(10)} AAAUSDT`]);
    expect(await listed({ universe })).toMatchObject({ file_count: 2, absent_count: 1, condition: "final" });
    expect(await cellsOf({ universe, from: dateOf(8) })).toEqual([`${dateOf(10)} AAAUSDT`]);
    expect(await cellsOf({ universe, symbols: ["BBBUSDC"] })).toEqual([`${dateOf(7)} BBBUSDC`]);
    expect(await cellsOf({ universe: [] })).toEqual([]);
  });

  it("that is held are those up to its next date", async () => {
    const days = await cellsOf({ universe, hold: true, to: dateOf(11), symbols: ["BBBUSDC", "AAAUSDT"] });
    expect(days).toEqual([
      ...[7, 8, 9].map((offset) => `${dateOf(offset)} BBBUSDC`),
      ...[10, 11].map((offset) => `${dateOf(offset)} AAAUSDT`),
    ]);
  });

  it("have the reasons that a verification gives", async () => {
    const fromVerify = [{ date: dateOf(7), symbol: "BBBUSDC", problem: "stale" as const }];
    expect(await cellsOf({ fromVerify })).toEqual([`${dateOf(7)} BBBUSDC stale`]);
  });
});

describe("what is not known", () => {
  const absent = (offset: number) => ({ from: dateOf(offset), to: dateOf(offset) });

  it("is refused if the days are named, and reported if the last day is left open", async () => {
    for (const options of [
      { date: dateOf(45) },
      absent(45),
      { from: dateOf(39), to: dateOf(45) },
      { from: dateOf(45) },
    ]) {
      await expect(listed(options), JSON.stringify(options)).rejects.toMatchObject({ code: "NOT_KNOWN" });
    }
    expect((await listed({ from: dateOf(39) })).file_count).toBe(3);
  });

  it("is refused with the nearest name if no named symbol is in the index, whatever the days", async () => {
    for (const options of [{}, { date: dateOf(2) }, { universe: [{ date: dateOf(2), symbol: "AAUASDT" }] }]) {
      await expect(listed({ symbols: ["AAUASDT"], ...options })).rejects.toMatchObject({
        ...{ code: "NOT_KNOWN", unknown_symbols: ["AAUASDT"] },
        message: expect.stringContaining("did you mean AAAUSDT?") as string,
      });
    }
  });

  it("about one symbol on one day affects only lists with this cell", async () => {
    const other = join(folder.path, "partial.duckdb");
    copyFileSync(file, other);
    await change(
      other,
      `DELETE FROM availability WHERE symbol = 'AAAUSDT' AND date = DATE '${dateOf(2)}';
        INSERT INTO symbols SELECT DISTINCT symbol, 'perpetual', 'USDT', TIMESTAMP '2024-01-01', TIMESTAMP '2026-01-01', NULL
          FROM availability;
        UPDATE daily_symbol_counts SET probed_count = 2, available_count = 2 WHERE date = DATE '${dateOf(2)}'`,
    );
    const cell = (offset: number, symbol: string) => ({ date: dateOf(offset), symbol });
    await expect(listed({ date: dateOf(2) }, other)).rejects.toMatchObject({ code: "NOT_KNOWN", condition: "partial" });
    expect(await listed({ date: dateOf(2), allowPartial: 1 }, other)).toMatchObject({
      ...{ file_count: 2, condition: "partial", unknown_symbols: ["AAAUSDT"] },
    });
    expect(await listed({}, other)).toMatchObject({ condition: "partial", unknown_symbols: ["AAAUSDT"] });
    // AAAUSDT is a member on the day before only.
    const universe = [cell(1, "AAAUSDT"), cell(1, "BBBUSDC"), cell(2, "BBBUSDC")];
    expect(await listed({ universe }, other)).toMatchObject({ file_count: 3, condition: "final" });
    const unknown = [...universe, cell(2, "AAAUSDT")];
    await expect(listed({ universe: unknown }, other)).rejects.toMatchObject({ unknown_symbols: ["AAAUSDT"] });
  });

  it("wrong usage is refused with the option's name", async () => {
    const cell = [{ date: dateOf(1), symbol: "AAAUSDT" }];
    const wrong: [option: string, options: object][] = [
      ["date", { date: dateOf(1), from: dateOf(1) }],
      ["from", { from: dateOf(2), to: dateOf(1) }],
      ["hold", { hold: true }],
      ["fromVerify", { universe: cell, fromVerify: [{ ...cell[0], problem: "stale" }] }],
      ["fromVerify", { fromVerify: cell }],
      ["universe", { universe: [{ date: "2024-02-30", symbol: "AAAUSDT" }] }],
      ["universe", { universe: "universe.csv" }],
      ["symbols", { symbols: [] }],
      ["quote", { symbols: ["AAAUSDT"], quote: "USDC" }],
      ["since", { since: 0 }],
      ["since", { since: "yesterday" }],
      ["endpoint", { endpoint: "ftp://a" }],
      ["contract", { contract: "spot" }],
      ["checksums", { checksums: "yes" }],
      ["allowPartial", { allowPartial: -1 }],
      ["symbol", { symbol: "AAAUSDT" }],
    ];
    for (const [option, options] of wrong) {
      await expect(listed(options), JSON.stringify(options)).rejects.toMatchObject({ name: "UsageError", option });
    }
  });
});
