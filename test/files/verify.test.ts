import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openAvailability, type FileSelection, type FileToFetch, type VerifyOptions } from "../../src/index.js";
import { temporaryFolder } from "../support/database.js";
import { change, DAYS, dateOf, fetchInto, market, rowsOf, sizeOf } from "./support.js";
import { propertyRuns } from "../support/property-runs.js";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
let downloads: string;
let made = 0;
beforeAll(async () => {
  folder = temporaryFolder();
  file = join(folder.path, "market.duckdb");
  await market(file);
});
afterAll(() => {
  folder.remove();
});
beforeEach(() => {
  downloads = join(folder.path, `downloads-${made++}`);
  mkdirSync(downloads);
});

async function list(selection: FileSelection = {}): Promise<FileToFetch[]> {
  await using db = await openAvailability(file);
  return await rowsOf(await db.files(selection));
}

async function verify(options: VerifyOptions = {}, of = file) {
  await using db = await openAvailability(of);
  return await db.verify(downloads, options);
}

const path = (symbol: string, offset: number) =>
  `data/futures/um/daily/klines/${symbol}/1m/${symbol}-1m-${dateOf(offset)}.zip`;

describe("a folder of downloads", () => {
  it.each<[layout: string, placeOf: (row: FileToFetch) => string]>([
    ["as the bucket", (row) => row.path],
    ["flat", (row) => basename(row.path)],
    ["as part of the bucket", (row) => row.path.replace("data/futures/um/daily/klines/", "")],
  ])("that is complete is recognized, laid out %s", async (_, placeOf) => {
    fetchInto(downloads, await list(), placeOf);
    const count = DAYS * 3 - 1;
    expect(await verify()).toMatchObject({
      ...{ outcome: "whole", file_count: count, good_count: count, foreign_count: 0, skipped: [], files: [] },
    });
    expect(await verify({ date: dateOf(0) })).toMatchObject({ good_count: 3, outside_count: count - 3, files: [] });
  });

  it("that is empty lacks everything, in order", async () => {
    const { outcome, missing_count, files } = await verify({ to: dateOf(7) });
    expect([outcome, missing_count, files.length]).toEqual(["wrong", 23, 23]);
    expect(files[0]).toEqual({
      ...{ date: dateOf(0), symbol: "AAAUSDT", problem: "missing", path: null, file_size_bytes: sizeOf(0, 0) },
      ...{ size_in_folder: null, last_modified: "2024-03-02T10:00:00Z", modified_in_folder: null },
    });
  });

  it("that doesn't exist, or is a file, is wrong usage", async () => {
    rmSync(downloads, { recursive: true });
    await expect(verify()).rejects.toMatchObject({ name: "UsageError" });
    writeFileSync(downloads, "");
    await expect(verify()).rejects.toMatchObject({ name: "UsageError" });
  });

  it("has its stale, incomplete and unknown files named", async () => {
    fetchInto(downloads, await list());
    writeFileSync(join(downloads, path("AAAUSDT", 0)), "another size");
    const early = new Date("2024-03-03T09:59:00Z");
    utimesSync(join(downloads, path("AAAUSDT", 1)), early, early);
    writeFileSync(join(downloads, `${path("AAAUSDT", 2)}.aria2`), "");
    // The index says that it was removed.
    writeFileSync(join(downloads, path("币安人生USDT", 7)), "x");
    // After the last day of the index, and of a symbol that it doesn't know.
    writeFileSync(join(downloads, path("AAAUSDT", DAYS)), "x");
    writeFileSync(join(downloads, `ZZZUSDT-1m-${dateOf(3)}.zip`), "x");
    const { files, ...facts } = await verify();
    expect(files.map(({ date, symbol, problem }) => `${date} ${symbol} ${problem}`)).toEqual([
      `${dateOf(0)} AAAUSDT stale`,
      `${dateOf(1)} AAAUSDT stale`,
      `${dateOf(2)} AAAUSDT incomplete`,
      `${dateOf(3)} ZZZUSDT unknown`,
      `${dateOf(7)} 币安人生USDT unknown`,
      `${dateOf(DAYS)} AAAUSDT unknown`,
    ]);
    expect(files[0]).toMatchObject({ size_in_folder: 12, file_size_bytes: sizeOf(0, 0), path: path("AAAUSDT", 0) });
    // aria2's control file is not one of the dataset's files.
    expect(facts).toMatchObject({ stale_count: 2, incomplete_count: 1, unknown_count: 3, foreign_count: 1 });
  });

  it("has every copy of a file checked", async () => {
    fetchInto(downloads, await list({ date: dateOf(0) }));
    writeFileSync(join(downloads, basename(path("AAAUSDT", 0))), "another");
    const { good_count, files } = await verify({ date: dateOf(0) });
    expect(good_count).toBe(3);
    expect(files).toMatchObject([{ problem: "stale", path: basename(path("AAAUSDT", 0)) }]);
  });

  it("may have files of other markets, checksums and anything else", async () => {
    fetchInto(downloads, await list({ date: dateOf(0) }));
    for (const other of [
      path("AAAUSDT", 0).replace("futures/um", "spot"),
      path("AAAUSDT", 0).replace(/1m/g, "5m"),
      "README.txt",
      `..zip`,
      `-1m-${dateOf(0)}.zip`,
    ]) {
      mkdirSync(join(downloads, other, ".."), { recursive: true });
      writeFileSync(join(downloads, other), "x");
    }
    writeFileSync(join(downloads, `${path("AAAUSDT", 0)}.CHECKSUM`), "x");
    expect(await verify({ date: dateOf(0) })).toMatchObject({ outcome: "whole", good_count: 3, foreign_count: 5 });
  });

  it("has its links and special files skipped, with a message", async () => {
    const rows = await list({ date: dateOf(0) });
    const elsewhere = join(folder.path, `elsewhere-${made}`);
    fetchInto(elsewhere, rows);
    symlinkSync(elsewhere, join(downloads, "folder"));
    symlinkSync(join(elsewhere, path("AAAUSDT", 0)), join(downloads, basename(path("AAAUSDT", 0))));
    symlinkSync(".", join(downloads, "circle"));
    expect(spawnSync("mkfifo", [join(downloads, basename(path("BBBUSDC", 0)))]).status).toBe(0);
    const { missing_count, skipped } = await verify({ date: dateOf(0), md5: true });
    expect(missing_count).toBe(3);
    expect(skipped.sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: basename(path("AAAUSDT", 0)), why: "a symbolic link" },
      { path: basename(path("BBBUSDC", 0)), why: "not a regular file" },
      { path: "circle", why: "a symbolic link" },
      { path: "folder", why: "a symbolic link" },
    ]);
  });

  it("has a file skipped whose name isn't UTF-8", async () => {
    writeFileSync(Buffer.concat([Buffer.from(join(downloads, "bad-")), Buffer.from([0xff])]), "");
    expect((await verify({ date: dateOf(0) })).skipped).toEqual([
      { path: "bad-\ufffd", why: "gone, or its name isn't UTF-8" },
    ]);
  });

  it("has its files' md5 compared with the part of it that the index has", async () => {
    const [first, second, third] = await list({ date: dateOf(0) });
    if (first === undefined || second === undefined || third === undefined) throw new Error("three files are needed");
    fetchInto(downloads, [first, second, third]);
    const own = join(folder.path, "md5.duckdb");
    await market(own);
    const start = (row: FileToFetch) => {
      const digest = createHash("md5").update(Buffer.alloc(row.file_size_bytes ?? 0, 1));
      return BigInt(`0x${digest.digest("hex").slice(0, 16)}`);
    };
    await change(
      own,
      `UPDATE availability SET etag = CASE symbol WHEN 'AAAUSDT' THEN ${start(first)}::UBIGINT
        WHEN 'BBBUSDC' THEN ${start(second) ^ 1n}::UBIGINT END WHERE date = DATE '${dateOf(0)}'`,
    );
    const options = { date: dateOf(0) };
    expect(await verify(options, own)).toMatchObject({ outcome: "whole", unchecked_count: null });
    expect(await verify({ ...options, md5: true }, own)).toMatchObject({
      ...{ good_count: 2, unchecked_count: 1, damaged_count: 1 },
      files: [{ symbol: "BBBUSDC", problem: "damaged" }],
    });
  });

  it("is abandoned on a signal", async () => {
    await expect(verify({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "InterruptedError" });
  });

  it("wrong usage is refused with the option's name", async () => {
    for (const [option, options] of [
      ["md5", { md5: 1 }],
      ["signal", { signal: "now" }],
      ["since", { since: 1 }],
      ["date", { date: "2024-02-30" }],
    ] as const) {
      await expect(verify(options as object), option).rejects.toMatchObject({ name: "UsageError", option });
    }
    await expect(verify({ date: dateOf(50) })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });
});

describe("what is wrong with a folder", () => {
  it("is exactly what was done to it, and fetching that repairs it", async () => {
    const rows = await list({ to: dateOf(3) });
    const deeds = fc.constantFrom("none", "none", "missing", "stale", "incomplete");
    await fc.assert(
      fc.asyncProperty(fc.array(deeds, { minLength: rows.length, maxLength: rows.length }), async (chosen) => {
        downloads = join(folder.path, `downloads-${made++}`);
        fetchInto(downloads, rows);
        for (const [at, row] of rows.entries()) {
          const place = join(downloads, row.path);
          if (chosen[at] === "missing") rmSync(place);
          if (chosen[at] === "stale") writeFileSync(place, "");
          if (chosen[at] === "incomplete") writeFileSync(`${place}.aria2`, "");
        }
        const { files } = await verify({ to: dateOf(3) });
        const expected = rows.flatMap(({ date, symbol }, at) =>
          chosen[at] === "none" ? [] : [`${date} ${symbol} ${chosen[at] ?? ""}`],
        );
        expect(files.map(({ date, symbol, problem }) => `${date} ${symbol} ${problem}`)).toEqual(expected);
        await using db = await openAvailability(file);
        const again = await rowsOf(await db.files({ fromVerify: files }));
        expect(again.map(({ date, symbol, reason }) => `${date} ${symbol} ${reason ?? ""}`)).toEqual(expected);
        fetchInto(downloads, again);
        for (const { path: fetched } of again) rmSync(join(downloads, `${fetched}.aria2`), { force: true });
        expect((await verify({ to: dateOf(3) })).files).toEqual([]);
      }),
      { numRuns: propertyRuns(4) },
    );
  });
});
