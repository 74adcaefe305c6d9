import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compact } from "../../src/store/compact.js";
import { LAYOUT } from "../../src/store/layout.js";
import { maintain } from "../../src/store/maintain.js";
import { openReader, openStore } from "../../src/store/open.js";
import { UnitWriter } from "../../src/store/write/commit.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { mix } from "../../src/replica/random.js";
import { propertyRuns } from "../support/property-runs.js";
import { ask, D0, dayUnit, symbolUnit, writerFor } from "../support/store.js";

/** Enough rows for a file to be worth compacting. */
const SYMBOLS = Array.from({ length: 300 }, (_, at) => `S${String(at).padStart(3, "0")}USDT`);
const DAYS = 230;
const CONTENT = "SELECT count(*), sum(hash(COLUMNS(*)))::VARCHAR FROM daily_availability";

let folder: ReturnType<typeof temporaryFolder>;
let backfilled: string;

beforeAll(async () => {
  folder = temporaryFolder();
  backfilled = join(folder.path, "backfilled.duckdb");
  const { store, writer } = await writerFor(backfilled, SYMBOLS);
  for (let start = 0; start < SYMBOLS.length; start += 50) {
    const units = Array.from({ length: 50 }, (_, at) =>
      symbolUnit(
        start + at,
        Array.from({ length: DAYS }, (_, offset) => ({
          day: D0 + offset,
          size: ((start + at) * 7919 + offset * 104_729) % 90_000,
        })),
      ),
    );
    await writer.commit(units);
  }
  await store.close();
});
afterAll(() => {
  folder.remove();
});

function copy(name: string): string {
  const file = join(folder.path, name);
  copyFileSync(backfilled, file);
  return file;
}

describe("maintain", () => {
  it("compacts after a backfill: the same rows in the order of the layout", async () => {
    const file = copy("compacted.duckdb");
    chmodSync(file, 0o640);
    const link = join(folder.path, "link.duckdb");
    symlinkSync(file, link);
    const store = await openStore(link);
    const before = await ask(store, CONTENT);
    await maintain(store);
    expect(await ask(store, CONTENT)).toEqual(before);
    await store.close();
    expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    const reader = await openReader(file);
    const unordered = `SELECT count(*) FROM (
      SELECT lag(place) OVER (ORDER BY rowid) > place AS back FROM (
        SELECT rowid, ((date - DATE '1970-01-01') // ${LAYOUT.blockDays}, NOT available, symbol, date) AS place FROM availability)) WHERE back`;
    expect(await ask(reader, unordered)).toEqual([["0"]]);
    expect(await ask(reader, "SELECT count(*) FROM units")).toEqual([["300"]]);
    await reader.close();
    expect(readdirSync(folder.path).filter((name) => name.includes("compact"))).toEqual([
      ".compacted.duckdb.lock",
      "compacted.duckdb",
    ]);
  });

  it("keeps a user's table with defaults and generated columns", async () => {
    const file = copy("generated.duckdb");
    const store = await openStore(file);
    await ask(store, "CREATE TABLE store.mine (a INTEGER DEFAULT 5, twice INTEGER GENERATED ALWAYS AS (a * 2))");
    await ask(store, "INSERT INTO store.mine VALUES (1), (DEFAULT)");
    expect(await compact(store)).toBeUndefined();
    await store.close();
    expect(await rowsOf(file, "SELECT a, twice FROM mine ORDER BY a")).toEqual([
      [1, 2],
      [5, 10],
    ]);
  });

  it("an ETag takes little more than its 8 bytes in a compacted file", async () => {
    const bytes: number[] = [];
    for (const name of ["without.duckdb", "with.duckdb"]) {
      const file = join(folder.path, name);
      const { store, writer } = await writerFor(file, SYMBOLS);
      await writer.commit(
        SYMBOLS.map((_, symbol) =>
          symbolUnit(
            symbol,
            Array.from({ length: DAYS }, (_, offset) => ({
              day: D0 + offset,
              size: 50_000 + symbol,
              etag: name === "with.duckdb" ? mix(mix(symbol) ^ offset) >>> 0 : 0,
            })),
          ),
        ),
      );
      await maintain(store);
      await store.close();
      bytes.push(statSync(file).size);
    }
    const [without = NaN, having = NaN] = bytes;
    expect((having - without) / (SYMBOLS.length * DAYS)).toBeLessThan(9.5);
  });

  it("leaves a small or ordered file alone", async () => {
    const file = join(folder.path, "daily.duckdb");
    const { store, writer } = await writerFor(file, SYMBOLS);
    await writer.commit([
      dayUnit(
        D0,
        SYMBOLS.map((_, symbol) => ({ symbol, size: 1 })),
      ),
    ]);
    const { ino } = statSync(store.path);
    await maintain(store);
    expect(statSync(store.path).ino).toBe(ino);
    await store.close();
  });

  it("the file stays small over daily updates that each write four days", async () => {
    const file = copy("updated.duckdb");
    let store = await openStore(file);
    await maintain(store);
    await store.close();
    const compacted = statSync(file).size;
    for (let day = D0 + DAYS; day < D0 + DAYS + 15; day++) {
      store = await openStore(file);
      const writer = await UnitWriter.create(store, { runId: 1, symbols: SYMBOLS });
      const cells = SYMBOLS.map((_, symbol) => ({ symbol, size: (symbol * 31 + day) % 90_000 }));
      await writer.commit([3, 2, 1, 0].map((back) => dayUnit(day - back, cells)));
      await maintain(store);
      await store.close();
    }
    expect(statSync(file).size - compacted).toBeLessThan(2.5 * 1_048_576);
    expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });

  it("killed at any moment, a compaction leaves the file intact", async () => {
    const file = copy("killed.duckdb");
    const reader = await openReader(file);
    const before = await ask(reader, CONTENT);
    await reader.close();
    const script = `
      import { openStore } from ${JSON.stringify(new URL("../../dist/src/store/open.js", import.meta.url).href)};
      import { compact } from ${JSON.stringify(new URL("../../dist/src/store/compact.js", import.meta.url).href)};
      const store = await openStore(process.argv[1]);
      console.log("compacting");
      await compact(store);
      await store.close();`;
    const moments = propertyRuns(3);
    for (let at = 0; at < moments; at++) {
      const child = spawn(process.execPath, ["--input-type=module", "--eval", script, file], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, (at * 130) / (moments - 1)));
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      const store = await openStore(file);
      expect(await ask(store, CONTENT)).toEqual(before);
      await store.close();
    }
    expect(
      readdirSync(folder.path)
        .filter((name) => name.includes("killed"))
        .sort(),
    ).toEqual([".killed.duckdb.lock", "killed.duckdb"]);
  });

  it("a compaction that can't be finished leaves file and store usable", async () => {
    const file = copy("blocked.duckdb");
    const store = await openStore(file);
    const before = await ask(store, CONTENT);
    // A non-empty folder under the new file's name, which can be neither removed nor written.
    const fresh = join(store.scratch, "compacted.duckdb");
    mkdirSync(fresh);
    writeFileSync(join(fresh, "x"), "");
    await expect(maintain(store)).rejects.toMatchObject({ name: "StoreError" });
    expect(await ask(store, CONTENT)).toEqual(before);
    await store.close();
  });
});
