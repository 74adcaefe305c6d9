import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyForeignRows } from "../../src/store/foreign.js";
import { importInto } from "../../src/store/import-into.js";
import { runAlone, startCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { writerFor } from "../support/store.js";

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
beforeAll(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  await (await writerFor(db, ["BTCUSDT"])).store.close();
  await run(
    db,
    "CREATE VIEW endless AS SELECT count(*) AS n FROM range(100000000000)",
    "CREATE VIEW huge AS SELECT list(repeat('x', 1000) || range) AS texts FROM range(100000000000)",
  );
});
afterAll(() => {
  folder.remove();
});

/** Runs statements in a file, which is created if it doesn't exist. */
async function run(file: string, ...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

/** Makes a foreign file with rows whose symbol is an expression. */
async function foreign(name: string, symbol: string, rows: number): Promise<string> {
  const file = join(folder.path, name);
  await run(
    file,
    `CREATE TABLE daily_availability (date DATE, symbol VARCHAR, available BOOLEAN,
      file_size_bytes BIGINT, last_modified TIMESTAMP, status_code INTEGER, probe_timestamp TIMESTAMP)`,
    `INSERT INTO daily_availability SELECT '2024-03-01', ${symbol}, false, NULL, NULL, 404, '2025-01-01' FROM range(${rows})`,
  );
  return file;
}

describe("a query of somebody else's view", () => {
  it.skipIf(process.platform !== "linux")("that never ends ends on Ctrl-C, and leaves nothing behind", async () => {
    const before = readdirSync(folder.path);
    const { child, done } = startCli(["query", "sql", "FROM endless", "--db", db]);
    const isOpen = () =>
      readdirSync(`/proc/${child.pid}/fd`).some((fd) => {
        try {
          return readlinkSync(`/proc/${child.pid}/fd/${fd}`) === db;
        } catch {
          return false;
        }
      });
    while (!isOpen()) await sleep(20);
    child.kill("SIGINT");
    const { code, signal, stdout } = await done;
    expect({ ended: code === 130 || signal === "SIGINT", stdout }).toEqual({ ended: true, stdout: "" });
    expect(readdirSync(folder.path)).toEqual(before);
  });

  it("that needs more memory than is allowed ends in one line", async () => {
    const TMPDIR = folder.path;
    const { code, stdout, stderr } = await runAlone(["query", "sql", "SELECT len(texts) FROM huge", "--db", db], {
      TMPDIR,
    });
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 2, stdout: "" },
      stderr: "bfa: the statement needs more memory than a query may use\n",
    });
    expect(existsSync(`${db}.tmp`)).toBe(false);
  });
});

describe("an import", () => {
  it("accepts no text longer than a name, because it would be written out in full", async () => {
    const other = await foreign("long.duckdb", "range || repeat('x', 10000)", 300);
    expect(await importInto(db, other)).toMatchObject({ rows: 300, refusedBy: { not_a_symbol: 300 } });
  });

  it("refuses a column of a type that none of our tables use", async () => {
    const other = await foreign("types.duckdb", "'BTCUSDT'", 1);
    await run(other, "ALTER TABLE daily_availability ALTER symbol TYPE VARCHAR[] USING [symbol]");
    await expect(importInto(db, other)).rejects.toThrow("has symbol as VARCHAR[]: copy it to a table of plain types");
  });

  const columns = (rows: number) => foreign(`rows-${rows}.duckdb`, "'BTCUSDT'", rows);

  it("is refused for its rows before any is copied", async () => {
    const scratch = join(folder.path, "scratch");
    mkdirSync(scratch);
    const other = await columns(11);
    const copy = (rows: number) => copyForeignRows(other, scratch, undefined, { ms: 300_000, rows });
    await expect(copy(10)).rejects.toMatchObject({
      code: "USAGE",
      message: `${other} has 11 rows; at most 10 can be imported`,
    });
    expect(readdirSync(scratch)).toEqual([]);
    await expect(copy(11)).resolves.toMatchObject({ path: join(scratch, "foreign.duckdb") });
  });

  it("ends when its time is up or its signal comes, whatever it is doing", async () => {
    const scratch = join(folder.path, "late");
    mkdirSync(scratch);
    // No machine copies this many in the time between two interrupts.
    const other = await columns(8_000_000);
    await expect(copyForeignRows(other, scratch, undefined, { ms: 0, rows: 50_000_000 })).rejects.toMatchObject({
      code: "USAGE",
      message: `${other} can't be read: reading it took more than 0 s`,
    });
    rmSync(scratch, { recursive: true });
    mkdirSync(scratch);
    const interrupt = new AbortController();
    const reading = copyForeignRows(other, scratch, interrupt.signal);
    interrupt.abort();
    await expect(reading).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it("ends if its signal came before", async () => {
    const other = await foreign("one.duckdb", "'BTCUSDT'", 1);
    const signal = AbortSignal.abort();
    await expect(importInto(db, other, { signal })).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});
