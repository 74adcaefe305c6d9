import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DuckDBInstance } from "@duckdb/node-api";
import { openReader, openStore } from "../../src/store/open.js";
import { SCHEMA_VERSION } from "../../src/store/schema/migrate.js";
import { VERSION_1 } from "../../src/store/schema/version-1.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { propertyRuns } from "../support/property-runs.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

const DAYS = 300;
const SYMBOLS = Array.from({ length: 100 }, (_, index) => `S${index}USDT`);

/** What a migration may do: add a table, rewrite every row, add a column, drop a table. */
const STEPS = [
  "CREATE TABLE more AS SELECT * FROM availability",
  "UPDATE availability SET file_size_bytes = file_size_bytes + 1",
  "ALTER TABLE runs ADD COLUMN note VARCHAR",
  "DROP TABLE changes",
];
const SIZES = "SELECT sum(file_size_bytes)::BIGINT FROM availability";
const TABLES = "SELECT string_agg(table_name, ',' ORDER BY table_name) FROM duckdb_tables()";

let folder: ReturnType<typeof temporaryFolder>;
/** A file as an older version of the package would have left it. */
let older: string;

beforeAll(async () => {
  folder = temporaryFolder();
  older = join(folder.path, "older.duckdb");
  const { store, writer } = await writerFor(older, SYMBOLS);
  const cells = SYMBOLS.map((_, symbol) => ({ symbol, size: 1000 + symbol }));
  await writer.commit(Array.from({ length: DAYS }, (_, day) => dayUnit(D0 + day, cells)));
  await store.connection.run("UPDATE store_info SET schema_version = 0");
  await store.close();
});
afterAll(() => {
  folder.remove();
});

/** Opens a file with a package that has these steps as its only migration. */
function startMigration(file: string, steps: readonly string[]) {
  const dist = (name: string) => JSON.stringify(new URL(`../../dist/src/store/${name}`, import.meta.url).href);
  const script = `
    import { MIGRATIONS } from ${dist("schema/migrate.js")};
    import { TABLES } from ${dist("schema/own-names.js")};
    import { openReader, openStore } from ${dist("open.js")};
    // What these steps make is not what the package's own do.
    TABLES.clear();
    MIGRATIONS.splice(0, MIGRATIONS.length, ${JSON.stringify(steps)});
    console.log("open");
    try {
      await (await openStore(process.argv[1])).close();
    } catch (error) {
      console.log(error.code);
      process.exit(3);
    }`;
  return spawn(process.execPath, ["--input-type=module", "--eval", script, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function stateOf(file: string): Promise<{ version: unknown; sizes: unknown; tables: unknown }> {
  const [[version], [sizes], [tables]] = (await Promise.all(
    ["SELECT schema_version FROM store_info", SIZES, TABLES].map(async (sql) => (await rowsOf(file, sql))[0]),
  )) as [[unknown], [unknown], [unknown]];
  return { version, sizes, tables };
}

describe("a migration", () => {
  it("killed at any moment leaves the old file or the new one, and the next opening migrates it", async () => {
    const before = await stateOf(older);
    const names = String(before.tables).split(",");
    const tables = [...names.filter((name) => name !== "changes"), "more"].sort().join();
    const after = {
      version: SCHEMA_VERSION,
      sizes: BigInt(String(before.sizes)) + BigInt(DAYS * SYMBOLS.length),
      tables,
    };
    const killedAfter = async (afterMs: number) => {
      const file = join(folder.path, `killed-${afterMs}.duckdb`);
      copyFileSync(older, file);
      const child = startMigration(file, STEPS);
      // It may have ended by itself before the kill.
      const closed = once(child, "close");
      await once(child.stdout, "data");
      await sleep(afterMs);
      child.kill("SIGKILL");
      await closed;
      const copy = `${file}.copy`;
      copyFileSync(file, copy);
      if (existsSync(`${file}.wal`)) copyFileSync(`${file}.wal`, `${copy}.wal`);
      expect([before, after]).toContainEqual(await stateOf(copy));
      expect(await soundness(copy)).toEqual({ wrongCounts: 0, duplicates: 0 });
      const again = startMigration(file, STEPS);
      expect(await once(again, "close")).toEqual([0, null]);
      expect(await stateOf(file)).toEqual(after);
    };
    const moments = propertyRuns(3);
    for (let at = 0; at < moments; at++) await killedAfter((at * 120) / (moments - 1));
  });

  it("that fails leaves the file as it was", async () => {
    const file = join(folder.path, "failed.duckdb");
    copyFileSync(older, file);
    const child = startMigration(file, [...STEPS, "ALTER TABLE nowhere ADD COLUMN x INTEGER"]);
    expect(await once(child, "close")).toEqual([3, null]);
    expect(await stateOf(file)).toEqual(await stateOf(older));
  });

  it("that conflicts with the file's contents is refused, and leaves the file as it was", async () => {
    const file = join(folder.path, "odd.duckdb");
    copyFileSync(older, file);
    // Version 0 says that the first migration has yet to run, but its tables exist.
    await expect(openStore(file)).rejects.toMatchObject({ code: "STORE_UNUSABLE" });
    expect(await stateOf(file)).toEqual(await stateOf(older));
  });
});

describe("a file of version 1", () => {
  it("keeps its rows and its replaced files, which become changes", async () => {
    const file = join(folder.path, "version-1.duckdb");
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    for (const statement of VERSION_1) await connection.run(statement);
    await connection.run(`
      UPDATE store_info SET schema_version = 1;
      INSERT INTO availability VALUES (DATE '2024-03-01', 'BTCUSDT', true, 100, TIMESTAMP '2024-03-02 09:00:00', 200,
        TIMESTAMP '2024-03-05 12:00:00');
      INSERT INTO symbols VALUES ('BTCUSDT', 'perpetual', 'USDT', TIMESTAMP '2024-03-01', TIMESTAMP '2024-03-05');
      INSERT INTO replacements VALUES
        (DATE '2024-03-01', 'BTCUSDT', 90, 100, TIMESTAMP '2024-03-02', TIMESTAMP '2024-03-02 09:00:00', TIMESTAMP '2024-03-05', 1),
        (DATE '2024-03-01', 'ETHUSDT', 90, NULL, TIMESTAMP '2024-03-02', NULL, TIMESTAMP '2024-03-05', 1)`);
    connection.closeSync();
    instance.closeSync();
    await expect(openReader(file)).rejects.toMatchObject({
      code: "STORE_OLDER_SCHEMA",
      message: expect.stringContaining("`bfa update` brings it up to date") as string,
    });
    await (await openStore(file)).close();
    expect(await rowsOf(file, "SELECT symbol, kind, new_size_bytes::INT FROM changes ORDER BY symbol")).toEqual([
      ["BTCUSDT", "replaced", 100],
      ["ETHUSDT", "removed", null],
    ]);
    expect(await rowsOf(file, "SELECT count(*)::INT FROM daily_availability WHERE available")).toEqual([[1]]);
    expect(await rowsOf(file, "SELECT count(*)::INT FROM availability WHERE etag IS NULL")).toEqual([[1]]);
    expect(await rowsOf(file, "SELECT symbol, absent_at FROM symbols")).toEqual([["BTCUSDT", null]]);
  });
});
