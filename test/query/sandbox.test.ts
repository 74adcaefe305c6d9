import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportRows } from "../../src/query/export.js";
import { sql } from "../../src/query/sql.js";
import { runCli } from "../support/cli.js";
import { rowsOf, temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

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

/** The columns of an answer by name with their kinds, and all its rows. */
async function answerOf(text: string, of = file) {
  const { columns, columnOrder = [], rows } = await sql(of, text);
  const all = [];
  for await (const some of rows) all.push(...some);
  return { columns: columnOrder.map((name) => `${name} ${columns[name]?.kind ?? ""}`), rows: all };
}

/** The target of one of this process's descriptors; it may be closed by now. */
function linkOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

/** One value, as it is in an answer. */
async function valueOf(expression: string) {
  const { columns, rows } = await answerOf(`SELECT ${expression} AS a`);
  return [columns[0]?.slice(2), rows[0]?.["a"]];
}

describe("sql", () => {
  it("answers in columns and rows", async () => {
    expect(await answerOf("SELECT symbol, count(*) AS n FROM daily_availability GROUP BY symbol ORDER BY 1")).toEqual({
      columns: ["symbol text", "n integer"],
      rows: [
        { symbol: "BTCUSDT", n: 2 },
        { symbol: "币安人生USDT", n: 2 },
      ],
    });
  });

  it("answers every kind of query, one at a time", async () => {
    for (const statement of ["FROM runs", "SHOW TABLES;", "DESCRIBE symbols", "SUMMARIZE daily_symbol_counts"]) {
      expect((await answerOf(statement)).rows.length, statement).toBeGreaterThan(0);
    }
    const pivot = "PIVOT daily_availability ON symbol USING count(*) GROUP BY date";
    expect((await answerOf(pivot)).columns).toEqual(["date date", "BTCUSDT integer", "币安人生USDT integer"]);
    for (const several of ["SELECT 1 AS a; SELECT 2 AS b;", `${pivot}; SELECT 1`, `SELECT 1; ${pivot}`]) {
      await expect(sql(file, several), several).rejects.toThrow("one statement at a time");
    }
  });

  it.each([
    ["1::TINYINT", "integer", 1],
    ["9007199254740991", "integer", 9007199254740991],
    ["9007199254740992", "integer", "9007199254740992"],
    ["-170141183460469231731687303715884105727::HUGEINT", "integer", "-170141183460469231731687303715884105727"],
    ["9007199254740991::UBIGINT", "integer", 9007199254740991],
    ["18446744073709551615::UBIGINT", "integer", "18446744073709551615"],
    ["NULL::UBIGINT", "integer", null],
    ["(SELECT sum(1) FROM range(3))", "integer", 3],
    ["1.25", "number", 1.25],
    ["0.1::FLOAT::DOUBLE", "number", Math.fround(0.1)],
    ["'nan'::DOUBLE", "number", NaN],
    ["true", "flag", true],
    ["DATE '2024-02-29'", "date", "2024-02-29"],
    ["'infinity'::DATE", "date", "infinity"],
    ["TIMESTAMP '2024-03-02 09:36:43'", "time", "2024-03-02T09:36:43Z"],
    ["TIMESTAMP '2024-03-02 09:36:43.25'", "time", "2024-03-02T09:36:43.250Z"],
    ["TIMESTAMP '2024-03-02 09:36:43.000001'", "time", "2024-03-02T09:36:43.000001Z"],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", "time", "1969-12-31T23:59:59.999999Z"],
    ["'2024-03-02 09:36:43'::TIMESTAMP_S", "time", "2024-03-02T09:36:43Z"],
    ["'2024-03-02 09:36:43.5'::TIMESTAMP_MS", "time", "2024-03-02T09:36:43.500Z"],
    ["'2024-03-02 09:36:43.123456789'::TIMESTAMP_NS", "time", "2024-03-02T09:36:43.123456Z"],
    ["'-infinity'::TIMESTAMP", "time", "-infinity"],
    ["TIMESTAMPTZ '2024-03-02 09:36:43+02'", "time", "2024-03-02T07:36:43Z"],
    ["TIMESTAMPTZ '2024-03-02 09:36:43'", "time", "2024-03-02T09:36:43Z"],
    ["'\\xAA\\x01'::BLOB", "text", "aa01"],
    ["[DATE '2024-03-01', NULL]", "value", ["2024-03-01", null]],
    ["[1, 2]::INTEGER[2]", "value", [1, 2]],
    ["{'a': 1::BIGINT, 'b': ['x']}", "value", { a: 1, b: ["x"] }],
    ["MAP {1: 'x'}", "value", [{ key: 1, value: "x" }]],
    ["union_value(n := 3)", "value", 3],
    [`'{"a": [1]}'::JSON`, "value", { a: [1] }],
    ["'a'::ENUM('a')", "text", "a"],
    ["INTERVAL 1 DAY", "text", "1 day"],
    ["NULL::VARCHAR", "text", null],
  ])("gives %s as %s", async (expression, kind, value) => {
    expect(await valueOf(expression)).toEqual([kind, value]);
  });

  it("runs in UTC, wherever it runs", async () => {
    const { stdout } = await runCli(["query", "sql", "SELECT TIMESTAMPTZ '2024-03-02'::VARCHAR AS a", "--db", file], {
      TZ: "America/New_York",
    });
    expect(stdout).toBe("a\n2024-03-02 00:00:00+00\n");
  });

  it("keeps the columns in the order of the statement, whatever their names", async () => {
    expect((await answerOf(`SELECT 'x' AS b, 2 AS "1", 3 AS b`)).columns).toEqual([
      "b text",
      "1 integer",
      "b:1 integer",
    ]);
    // A name that was made unlike the others is not one of theirs.
    expect((await answerOf(`SELECT 1 AS a, 2 AS a, 3 AS "a:1", 4 AS a`)).columns).toEqual([
      "a integer",
      "a:2 integer",
      "a:1 integer",
      "a:3 integer",
    ]);
    await expect(sql(file, "SELECT 1 AS __proto__")).rejects.toMatchObject({ code: "USAGE" });
  });

  it("releases the file once the rows are read, and after a failure", async () => {
    // A separate file: another test's stream that was never read to its end is freed by garbage collection.
    const own = path("let-go.duckdb");
    copyFileSync(file, own);
    const left = () => readdirSync("/proc/self/fd").filter((fd) => linkOf(fd) === own).length;
    await answerOf("FROM runs", own);
    await expect(answerOf("SELECT error('boom') FROM range(3)", own)).rejects.toMatchObject({ code: "USAGE" });
    await expect(sql(own, "SELECT")).rejects.toMatchObject({ code: "USAGE" });
    if (process.platform !== "linux") return;
    expect(left()).toBe(0);
    const { rows } = await sql(own, "FROM runs");
    expect(left()).toBeGreaterThan(0);
    for await (const some of rows) expect(some).not.toEqual([]);
    expect(left()).toBe(0);
  });

  it("fails where a row can't be computed, however slowly the rows before it are read", async () => {
    const last = 900_000;
    const { rows } = await sql(
      file,
      `SELECT CASE WHEN range < ${last} THEN range ELSE error('boom') END FROM range(1000000)`,
    );
    let read = 0;
    await expect(async () => {
      for await (const some of rows) {
        read += some.length;
        // Time for the next rows to fail.
        await setImmediate();
      }
    }).rejects.toMatchObject({ code: "USAGE" });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(last);
  });

  it("answers through a link too, including what a killed process left in the log", async () => {
    const link = path("link.duckdb");
    symlinkSync(file, link);
    const log = `${file}.wal`;
    const copy = path("logged.duckdb");
    copyFileSync(file, copy);
    const killed = spawnSync(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { DuckDBInstance } from "@duckdb/node-api";
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
      await connection.run("INSERT INTO symbols VALUES ('A', 'perpetual', '', now(), now(), NULL)");
      process.kill(process.pid, "SIGKILL");`,
      file,
    ]);
    try {
      expect([killed.signal, existsSync(log)]).toEqual(["SIGKILL", true]);
      expect((await answerOf("SELECT symbol FROM symbols", link)).rows).toEqual([{ symbol: "A" }]);
    } finally {
      rmSync(log);
      rmSync(link);
      renameSync(copy, file);
    }
  });

  it("says that only queries are allowed, whatever a statement would write", async () => {
    for (const statement of [
      "CREATE TABLE t (a INTEGER)",
      "CREATE TEMP TABLE t (a INTEGER)",
      "CREATE VIEW v AS SELECT 1",
      "DELETE FROM runs",
      "DROP TABLE runs",
      "SET threads = 1",
    ]) {
      await expect(sql(file, statement), statement).rejects.toThrow("read-only: only queries (SELECT …) are allowed");
    }
  });

  it("can neither write to nor reach anything else", async () => {
    const before = readFileSync(file);
    const names = readdirSync(folder.path);
    for (const statement of [
      "DELETE FROM availability",
      "CREATE TABLE t (a INTEGER)",
      `COPY (SELECT 1) TO '${path("out.csv")}'`,
      // DuckDB's sandbox leaves the paths of the open database and its log open, for writing too.
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
  it("writes all eight columns of the range, as CSV and as Parquet", async () => {
    const out = path("it's out.csv");
    expect(await exportRows(file, { format: "csv", out, to: D0 })).toEqual({
      ...{ file: out, format: "csv", row_count: 2 },
      bytes: statSync(out).size,
    });
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe("date,symbol,available,file_size_bytes,last_modified,url,status_code,probe_timestamp");
    expect(lines[1]).toMatch(
      /^2024-03-01,BTCUSDT,true,100,2024-03-02 10:00:00,https:.*BTCUSDT-1m-2024-03-01\.zip,200,/,
    );
    const parquet = path("out.parquet");
    expect(await exportRows(file, { format: "parquet", out: parquet, from: D0 })).toMatchObject({ row_count: 4 });
    const differing = `SELECT count(*)::INTEGER FROM (FROM '${parquet}' EXCEPT FROM daily_availability)`;
    expect(await rowsOf(file, differing)).toEqual([[0]]);
  });

  it("selects symbols and a quote asset, and refuses symbols that are not in the database", async () => {
    const out = path("some.csv");
    const some = (filter: object) => exportRows(file, { format: "csv", out, ...filter });
    expect(await some({ symbols: ["BTCUSDT"] })).toMatchObject({ row_count: 2 });
    await expect(some({ symbols: ["BTCUSDT", "BTCUSTD"] })).rejects.toThrow(
      "no day of BTCUSTD is in the database: did you mean BTCUSDT?",
    );
    expect(await some({ quote: "USDT" })).toMatchObject({ row_count: 4 });
    expect(await some({ quote: "USDT", symbols: ["币安人生USDT"], from: D0 + 1 })).toMatchObject({ row_count: 1 });
    await expect(some({ quote: "usdt" })).rejects.toThrow("no symbol in the database is quoted in usdt");
    await expect(some({ symbols: ["it's"] })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });

  it("leaves nothing behind if it can't be written, and never overwrites the database", async () => {
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

  it.skipIf(process.platform === "win32")("doesn't replace a pipe or a device", async () => {
    const pipe = path("pipe");
    spawnSync("mkfifo", [pipe]);
    for (const out of [pipe, "/dev/null"]) {
      await expect(exportRows(file, { format: "csv", out })).rejects.toThrow("exists and is not a regular file");
    }
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});
