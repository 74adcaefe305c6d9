import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

const DAYS = 300;
const SYMBOLS = Array.from({ length: 100 }, (_, index) => `S${index}USDT`);

/** What a migration may do: a new table, every row rewritten, a new column, a table dropped. */
const STEPS = [
  "CREATE TABLE more AS SELECT * FROM availability",
  "UPDATE availability SET file_size_bytes = file_size_bytes + 1",
  "ALTER TABLE runs ADD COLUMN note VARCHAR",
  "DROP TABLE replacements",
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

/** Opens a file with a package whose only migration is these steps. */
function startMigration(file: string, steps: readonly string[]) {
  const dist = (name: string) => JSON.stringify(new URL(`../../dist/src/store/${name}`, import.meta.url).href);
  const script = `
    import { MIGRATIONS } from ${dist("schema/migrate.js")};
    import { openStore } from ${dist("open.js")};
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
  it("killed at any moment leaves the old file or the new one, and the next opening makes it new", async () => {
    const before = await stateOf(older);
    const tables = String(before.tables)
      .replace(",replacements", "")
      .replace("daily_symbol_counts,", "daily_symbol_counts,more,");
    const after = { version: 1, sizes: BigInt(String(before.sizes)) + BigInt(DAYS * SYMBOLS.length), tables };
    const killedAfter = async (afterMs: number) => {
      const file = join(folder.path, `killed-${afterMs}.duckdb`);
      copyFileSync(older, file);
      const child = startMigration(file, STEPS);
      await once(child.stdout, "data");
      await sleep(afterMs);
      child.kill("SIGKILL");
      await once(child, "close");
      const copy = `${file}.copy`;
      copyFileSync(file, copy);
      if (existsSync(`${file}.wal`)) copyFileSync(`${file}.wal`, `${copy}.wal`);
      expect([before, after]).toContainEqual(await stateOf(copy));
      expect(await soundness(copy)).toEqual({ wrongCounts: 0, duplicates: 0 });
      const again = startMigration(file, STEPS);
      expect(await once(again, "close")).toEqual([0, null]);
      expect(await stateOf(file)).toEqual(after);
    };
    await Promise.all([0, 20, 40, 60, 90, 120].map(killedAfter));
  });

  it("that fails leaves the file as it was", async () => {
    const file = join(folder.path, "failed.duckdb");
    copyFileSync(older, file);
    const child = startMigration(file, [...STEPS, "ALTER TABLE nowhere ADD COLUMN x INTEGER"]);
    expect(await once(child, "close")).toEqual([3, null]);
    expect(await stateOf(file)).toEqual(await stateOf(older));
  });

  it("that can't fit what is there is refused, and leaves the file as it was", async () => {
    const file = join(folder.path, "odd.duckdb");
    copyFileSync(older, file);
    // Version 0 says that the first migration is to run, but its tables are there.
    await expect(openStore(file)).rejects.toMatchObject({ code: "STORE_UNUSABLE" });
    expect(await stateOf(file)).toEqual(await stateOf(older));
  });
});
