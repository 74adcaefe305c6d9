import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { publish } from "../../src/publish/publish.js";
import { lockWriters } from "../../src/store/lock.js";
import type { Manifest } from "../../src/publish/manifest.js";
import { runCli } from "../support/cli.js";
import { rowsOf, temporaryFolder } from "../support/database.js";
import { propertyRuns } from "../support/property-runs.js";
import { D0, dayUnit, symbolUnit, writerFor } from "../support/store.js";
import { writeVolumes } from "../support/volumes.js";

const SYMBOLS = ["AAAUSDT", "BBBUSDC", "币安人生USDT"];

/** A file and its publication, for tests that start with both. */
let made: ReturnType<typeof temporaryFolder>;
beforeAll(async () => {
  made = temporaryFolder();
  const file = join(made.path, "a.duckdb");
  await fill(file);
  await publish(file, join(made.path, "public"));
});
afterAll(() => {
  made.remove();
});

let folder: string;
let db: string;
let out: string;
beforeEach(() => {
  const temporary = temporaryFolder();
  folder = temporary.path;
  [db, out] = [join(folder, "a.duckdb"), join(folder, "public")];
  onTestFinished(temporary.remove);
});

function copyMade(): void {
  cpSync(made.path, folder, { recursive: true, preserveTimestamps: true });
}

/** Only the file, as it was before it was published. */
function copyFilled(): void {
  for (const name of ["a.duckdb", ".a.duckdb.lock"]) cpSync(join(made.path, name), join(folder, name));
}

/** Writes rows of each symbol over some days: a hole here and there, the first file on different days. */
async function fill(file: string, days = 5): Promise<void> {
  const { store, writer } = await writerFor(file, SYMBOLS);
  const sizes = (symbol: number) =>
    Array.from({ length: days }, (_, at) => ({
      day: D0 + at,
      size: at < symbol || at % 7 === 3 ? 0 : 30_000 + at + symbol,
      etag: at + 1,
    }));
  await writer.commit(SYMBOLS.map((_, symbol) => symbolUnit(symbol, sizes(symbol))));
  await writer.close();
  await store.close();
}

/** Text of every file below a folder, by path. */
function contentOf(path: string): Map<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => [file.slice(path.length + 1), createHash("sha256").update(readFileSync(file)).digest("hex")]),
  );
}

const manifestOf = (path: string) => JSON.parse(readFileSync(join(path, "manifest.json"), "utf8")) as Manifest;

async function inDatabase(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(db);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

describe("publish", () => {
  it("writes every file that its manifest names, with size and checksum, and no others", async () => {
    copyFilled();
    const publication = await publish(db, out);
    const { files, ...state } = manifestOf(out);
    expect(state).toMatchObject({
      ...{ dataset: "um/daily/klines/1m", license: "CC-BY-NC-SA-4.0", attribution: "Binance Vision", row_count: 15 },
      ...{ first_date: "2024-03-01", last_date: "2024-03-05" },
    });
    const content = contentOf(out);
    content.delete("manifest.json");
    expect(new Map(files.map(({ path, sha256 }) => [path, sha256]))).toEqual(content);
    for (const { path, bytes } of files) expect(statSync(join(out, path)).size).toBe(bytes);
    expect(publication).toMatchObject({ file_count: files.length, unchanged_count: 0, removed: [], row_count: 15 });
    expect(readFileSync(join(out, "LICENSE-DATA"), "utf8")).toContain("CC BY-NC-SA 4.0");
  });

  it("has the same rows in every form", async () => {
    copyMade();
    const sorted = (from: string, columns = "*") => `SELECT ${columns} FROM ${from} ORDER BY date, symbol`;
    const whole = await rowsOf(db, sorted("daily_availability"));
    expect(await rowsOf(join(out, "availability.duckdb"), sorted("daily_availability"))).toEqual(whole);
    const rows = await rowsOf(db, sorted("daily_availability", "* EXCLUDE (url)"));
    for (const name of ["by_date", "by_symbol"]) {
      expect(await rowsOf(db, sorted(`'${join(out, "parquet", `availability_${name}.parquet`)}'`))).toEqual(rows);
    }
    const bySymbol = await rowsOf(
      db,
      `SELECT symbol, date FROM '${join(out, "parquet/availability_by_symbol.parquet")}'`,
    );
    expect(bySymbol.map(String)).toEqual(bySymbol.map(String).sort());
  });

  it("has volumes in both orders and contracts, once there are any", async () => {
    copyMade();
    const names = () => [...contentOf(out).keys()].filter((path) => /volumes|contracts/.test(path)).sort();
    expect(names()).toEqual([]);
    const { store } = await writerFor(db, SYMBOLS);
    await writeVolumes(store, [
      { symbol: "BBBUSDC", from: D0, bars: [1000, 0, undefined, 3000] },
      { symbol: "AAAUSDT", from: D0, bars: [10, 20] },
    ]);
    await store.connection.run(
      `INSERT INTO contracts (symbol, valid_from, status, contract_type, underlying_type, onboard_date)
        VALUES ('AAAUSDT', TIMESTAMP '2024-03-05', 'TRADING', 'PERPETUAL', 'COIN', TIMESTAMP '2024-03-01')`,
    );
    await store.close();
    await publish(db, out);
    const parquet = (name: string) => `'${join(out, "parquet", `${name}.parquet`)}'`;
    expect(names()).toEqual(
      ["contracts", "volumes_by_date", "volumes_by_symbol"].map((name) => `parquet/${name}.parquet`),
    );
    const order = async (name: string) =>
      (await rowsOf(db, `SELECT symbol, strftime(date, '%d') FROM ${parquet(name)}`)).map(String);
    expect(await order("volumes_by_date")).toEqual([
      "AAAUSDT,01",
      "BBBUSDC,01",
      "AAAUSDT,02",
      "BBBUSDC,02",
      "BBBUSDC,04",
    ]);
    expect(await order("volumes_by_symbol")).toEqual([
      "AAAUSDT,01",
      "AAAUSDT,02",
      "BBBUSDC,01",
      "BBBUSDC,02",
      "BBBUSDC,04",
    ]);
    expect(await rowsOf(db, `SELECT count(*) FROM ${parquet("contracts")}`)).toEqual([[1n]]);
  });

  it("has a README whose queries work", async () => {
    copyMade();
    const readme = readFileSync(join(out, "README.md"), "utf8");
    const [, sql = ""] = /```sql\n(.*?)```/s.exec(readme) ?? [];
    const statements = sql
      .replace("INSTALL httpfs; LOAD httpfs;", "")
      .replaceAll("URL/", `${out}/`)
      .replaceAll("BTCUSDT", "AAAUSDT")
      .split(";\n")
      .map((statement) => statement.trim())
      .filter((statement) => statement !== "");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const rowCounts: number[] = [];
    for (const statement of statements) rowCounts.push((await connection.runAndReadAll(statement)).currentRowCount);
    connection.closeSync();
    instance.closeSync();
    // A snapshot, a timeline, ATTACH, counts.
    expect(rowCounts).toEqual([1, 5, 0, 5]);
    for (const [, path = ""] of readme.matchAll(/URL\/([\w./]+)/g)) expect(contentOf(out).has(path), path).toBe(true);
  });

  it("gives the same bytes for the same rows, in whatever order they were written", async () => {
    await fill(db, 40);
    await publish(db, out);
    await publish(db, join(folder, "again"));
    expect(contentOf(join(folder, "again"))).toEqual(contentOf(out));
    await inDatabase("CREATE TABLE shuffled AS SELECT * FROM availability ORDER BY hash(date, symbol)");
    await inDatabase("DELETE FROM availability; INSERT INTO availability SELECT * FROM shuffled; DROP TABLE shuffled");
    await publish(db, join(folder, "shuffled"));
    expect(contentOf(join(folder, "shuffled"))).toEqual(contentOf(out));
  });

  it("keeps the files that didn't change, and says which are new and which are gone", async () => {
    copyMade();
    const inodes = () => new Map([...contentOf(out).keys()].map((path) => [path, statSync(join(out, path)).ino]));
    const before = inodes();
    expect(await publish(db, out)).toMatchObject({ written: [], removed: [], unchanged_count: before.size - 1 });
    before.delete("manifest.json");
    const after = inodes();
    after.delete("manifest.json");
    expect(after).toEqual(before);
    const { store, writer } = await writerFor(db, SYMBOLS);
    await writer.commit([dayUnit(D0 + 40, [{ symbol: 0, size: 31_000 }])]);
    await writer.close();
    await store.close();
    const { written } = await publish(db, out);
    expect(written).toContain("availability.duckdb");
    expect(written).not.toContain("parquet/changes.parquet");
    expect(statSync(join(out, "parquet/changes.parquet")).ino).toBe(before.get("parquet/changes.parquet"));
  });

  it("rewrites a file that somebody has changed since", async () => {
    copyMade();
    const good = contentOf(out);
    writeFileSync(join(out, "LICENSE-DATA"), "all yours");
    expect((await publish(db, out)).written).toEqual(["LICENSE-DATA"]);
    expect(contentOf(out)).toEqual(good);
  });

  it("publishes nothing that users put into the file", async () => {
    copyFilled();
    await inDatabase("CREATE TABLE secret AS SELECT 42 AS key; CREATE VIEW mine AS SELECT * FROM secret");
    await publish(db, out);
    const tables = await rowsOf(join(out, "availability.duckdb"), "SELECT table_name FROM information_schema.tables");
    expect(tables.flat()).not.toContain("secret");
    expect(tables.flat()).not.toContain("mine");
  });

  it("leaves nothing beside the folder", async () => {
    copyMade();
    await publish(db, out);
    expect(readdirSync(folder).sort()).toEqual([".a.duckdb.lock", ".public.lock", "a.duckdb", "public"]);
  });

  it("removes what a killed one left, and nothing of others", async () => {
    copyFilled();
    const of = (rest: string) => join(folder, `.public.publish-${rest}`);
    // The second one is open to others; the third one belongs to a publication into `public.publish-next`.
    const [left, open, next] = [of("abc123"), of("abc124"), of("next.publish-abc125")];
    for (const path of [left, open, next]) mkdirSync(join(path, "publication"), { recursive: true, mode: 0o700 });
    chmodSync(open, 0o755);
    await publish(db, out);
    expect([left, open, next].map(existsSync)).toEqual([false, true, true]);
  });

  it("doesn't publish where another publication is under way", async () => {
    copyFilled();
    const lock = await lockWriters(out);
    await expect(publish(db, out)).rejects.toMatchObject({ code: "STORE_LOCKED" });
    lock.release();
    await publish(db, out);
  });

  it.each([
    ["a file", "public", "is not a folder"],
    ["a folder with other files", "public/index.html", "contains index.html, which `bfa publish` didn't write"],
    ["a manifest of something else", "public/manifest.json", "can't be used"],
  ])("refuses %s", async (_, path, reason) => {
    copyFilled();
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "{}");
    await expect(publish(db, out)).rejects.toThrow(reason);
    expect(readdirSync(folder).sort()).toEqual([".a.duckdb.lock", "a.duckdb", "public"]);
  });

  it("says in one line what can't be read of the former publication", async () => {
    copyMade();
    const manifest = join(out, "manifest.json");
    rmSync(manifest);
    // Stands for any file that can't be read: root may read the others.
    symlinkSync("manifest.json", manifest);
    await expect(publish(db, out)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(`${manifest} can't be read: ELOOP`) as string,
    });
  });

  it("refuses the root folder without a search of it", async () => {
    copyFilled();
    await expect(publish(db, "/")).rejects.toThrow("which `bfa publish` didn't write: name another folder");
  });

  it("refuses to replace a publication with other files in it", async () => {
    copyMade();
    const before = contentOf(out);
    symlinkSync("/etc/passwd", join(out, "parquet", "notes"));
    await expect(publish(db, out)).rejects.toThrow("contains parquet/notes, which `bfa publish` didn't write");
    expect(contentOf(out)).toEqual(before);
  });

  it("refuses a database that doesn't exist or is empty", async () => {
    await expect(publish(db, out)).rejects.toMatchObject({ code: "STORE_MISSING" });
    const { store } = await writerFor(db, SYMBOLS);
    await store.close();
    await expect(publish(db, out)).rejects.toThrow(`${db} has no rows of past days`);
    expect(readdirSync(folder).sort()).toEqual([".a.duckdb.lock", ".public.lock", "a.duckdb"]);
  });
});

describe("the published database", () => {
  it("has the same bytes for any rows, including nulls beside values", async () => {
    const cells = fc.array(
      fc.record({
        symbol: fc.integer({ min: 0, max: 2 }),
        day: fc.integer({ min: D0, max: D0 + 20 }),
        size: fc.constantFrom(0, 7_400, 51_234),
        etag: fc.constantFrom(0, 0xdeadbeef),
      }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(cells, async (some) => {
        const { path, remove } = temporaryFolder();
        try {
          const file = join(path, "a.duckdb");
          const { store, writer } = await writerFor(file, SYMBOLS);
          const byDay = new Map(some.map((cell) => [`${cell.day} ${cell.symbol}`, cell]));
          const days = [...new Set(some.map(({ day }) => day))];
          const unit = (day: number) =>
            dayUnit(
              day,
              [...byDay.values()].filter((cell) => cell.day === day).sort((a, b) => a.symbol - b.symbol),
            );
          await writer.commit(days.map(unit));
          await writer.close();
          await store.close();
          await publish(file, join(path, "one"));
          await publish(file, join(path, "two"));
          expect(contentOf(join(path, "two"))).toEqual(contentOf(join(path, "one")));
        } finally {
          remove();
        }
      }),
      { numRuns: propertyRuns(2) },
    );
  });
});

describe("bfa publish", () => {
  it("says what it wrote", async () => {
    copyFilled();
    const first = await runCli(["publish", out, "--db", db]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(
      /^15 rows, 2024-03-01 to 2024-03-05, published in .*public\n\d+ files, [\d.]+ [kM]B: \d+ written, 0 unchanged, 0 removed\n$/,
    );
    const second = JSON.parse((await runCli(["publish", out, "--db", db, "--json"])).stdout) as Record<string, unknown>;
    expect(second).toMatchObject({ folder: out, row_count: 15, written_count: 0, removed_count: 0, files: [] });
  });
});
