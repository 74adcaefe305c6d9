import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportRows } from "../../src/query/export.js";
import { sql } from "../../src/query/sql.js";
import { openReader } from "../../src/store/open.js";
import { temporaryFolder } from "../support/database.js";
import { ask, D0, dayUnit, writerFor } from "../store/support.js";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = temporaryFolder();
  file = path("a.duckdb");
  const { store, writer } = await writerFor(file, ["BTCUSDT", "币安人生USDT"]);
  const cells = [
    { symbol: 0, size: 100 },
    { symbol: 1, size: 0 },
  ];
  await writer.commit([dayUnit(D0, cells), dayUnit(D0 + 1, cells)]);
  await store.close();
  writeFileSync(path("secret.csv"), "secret\n42\n");
});
afterAll(() => {
  folder.remove();
});

describe("sql", () => {
  test("answers in columns and rows", async () => {
    expect(await sql(file, "SELECT symbol, count(*) AS n FROM daily_availability GROUP BY symbol ORDER BY 1")).toEqual({
      columns: ["symbol", "n"],
      rows: [
        { symbol: "BTCUSDT", n: "2" },
        { symbol: "币安人生USDT", n: "2" },
      ],
    });
  });

  test("answers every kind of question, and the last of several", async () => {
    for (const statement of ["FROM symbols", "SHOW TABLES", "DESCRIBE symbols", "SUMMARIZE daily_symbol_counts"]) {
      expect(await sql(file, statement), statement).toHaveProperty("columns");
    }
    const pivot = "PIVOT daily_availability ON symbol USING count(*) GROUP BY date";
    expect((await sql(file, pivot)).columns).toEqual(["date", "BTCUSDT", "币安人生USDT"]);
    expect((await sql(file, "SELECT 1 AS a; SELECT 2 AS b;")).rows).toEqual([{ b: 2 }]);
  });

  test("answers through a link as well, with what a killed run left in the log", async () => {
    const link = path("link.duckdb");
    symlinkSync(file, link);
    const log = `${file}.wal`;
    const copy = path("logged.duckdb");
    copyFileSync(file, copy);
    const killed = spawnSync(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { openStore } from ${JSON.stringify(new URL("../../dist/src/store/open.js", import.meta.url).href)};
      const store = await openStore(process.argv[1]);
      await store.connection.run("INSERT INTO symbols VALUES ('A', 'perpetual', '', now(), now(), NULL)");
      process.kill(process.pid, "SIGKILL");`,
      link,
    ]);
    try {
      expect([killed.signal, existsSync(log)]).toEqual(["SIGKILL", true]);
      expect((await sql(link, "SELECT symbol FROM symbols")).rows).toEqual([{ symbol: "A" }]);
    } finally {
      rmSync(log);
      rmSync(link);
      renameSync(copy, file);
    }
  });

  test("can neither write nor reach anything else", async () => {
    const before = readFileSync(file);
    const names = readdirSync(folder.path);
    for (const statement of [
      "DELETE FROM availability",
      "CREATE TABLE t (a INTEGER)",
      `COPY (SELECT 1) TO '${path("out.csv")}'`,
      // DuckDB's sandbox leaves the paths of the open database and of its log open, to write too.
      `COPY (SELECT 1) TO '${file}' (FORMAT csv, USE_TMP_FILE false)`,
      `COPY (SELECT 1) TO '${file}.wal' (FORMAT csv)`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${file}' (FORMAT csv, USE_TMP_FILE false)`,
      `PREPARE p AS COPY (SELECT 1) TO '${file}.wal' (FORMAT csv); EXECUTE p`,
      `SELECT 1; COPY (SELECT 1) TO '${file}.wal' (FORMAT csv)`,
      `COPY availability FROM '${path("secret.csv")}'`,
      `SELECT * FROM glob('${path("*")}')`,
      `CALL enable_profiling(format = 'json', save_location = '${path("out.json")}')`,
      `PRAGMA profiling_output = '${path("out.json")}'`,
      `CREATE PERSISTENT SECRET s (TYPE http)`,
      `SELECT * FROM read_csv('${path("secret.csv")}')`,
      `SELECT * FROM '${path("secret.csv")}'`,
      `ATTACH '${path("other.duckdb")}' AS other`,
      `EXPORT DATABASE '${path("dump")}'`,
      "SET enable_external_access = true",
      "RESET enable_external_access",
      "INSTALL httpfs",
      "LOAD httpfs",
      "SELECT 1; COPY (SELECT 1) TO '/tmp/bfa-must-not-exist.csv'",
      "not sql at all",
    ]) {
      await expect(sql(file, statement), statement).rejects.toMatchObject({ name: "UsageError" });
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder.path)).toEqual(names);
    expect(existsSync("/tmp/bfa-must-not-exist.csv")).toBe(false);
  });
});

describe("export", () => {
  test("writes all eight columns of the range, as CSV and as Parquet", async () => {
    const out = path("it's out.csv");
    expect(await exportRows(file, { format: "csv", out, to: D0 })).toBe(2);
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe("date,symbol,available,file_size_bytes,last_modified,url,status_code,probe_timestamp");
    expect(lines[1]).toMatch(
      /^2024-03-01,BTCUSDT,true,100,2024-03-02 10:00:00,https:.*BTCUSDT-1m-2024-03-01\.zip,200,/,
    );
    const parquet = path("out.parquet");
    expect(await exportRows(file, { format: "parquet", out: parquet, from: D0 })).toBe(4);
    const reader = await openReader(file);
    expect(await ask(reader, `SELECT count(*) FROM (FROM '${parquet}' EXCEPT FROM daily_availability)`)).toEqual([
      ["0"],
    ]);
    await reader.close();
  });

  test("leaves no piece behind when it can't be written, and never writes over the database", async () => {
    const before = readFileSync(file);
    await expect(exportRows(file, { format: "csv", out: path("no/such/folder.csv") })).rejects.toMatchObject({
      code: "USAGE",
    });
    for (const out of [file, `${file}.wal`]) {
      await expect(exportRows(file, { format: "csv", out })).rejects.toThrow("is the database itself");
    }
    const names = readdirSync(folder.path);
    await expect(exportRows(file, { format: "csv", out: folder.path })).rejects.toMatchObject({ code: "USAGE" });
    expect(readdirSync(folder.path)).toEqual(names);
    expect(statSync(file).size).toBe(before.length);
  });

  test.skipIf(process.platform === "win32")("doesn't take the place of a pipe or a device", async () => {
    const pipe = path("pipe");
    spawnSync("mkfifo", [pipe]);
    for (const out of [pipe, "/dev/null"]) {
      await expect(exportRows(file, { format: "csv", out })).rejects.toThrow("is there and no file");
    }
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});
