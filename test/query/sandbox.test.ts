import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
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

  test("can neither write nor reach anything else", async () => {
    const before = readFileSync(file);
    const names = readdirSync(folder.path);
    for (const statement of [
      "DELETE FROM availability",
      "CREATE TABLE t (a INTEGER)",
      `COPY (SELECT 1) TO '${path("out.csv")}'`,
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
    await expect(exportRows(file, { format: "csv", out: file })).rejects.toThrow("is the database itself");
    const names = readdirSync(folder.path);
    await expect(exportRows(file, { format: "csv", out: folder.path })).rejects.toMatchObject({ code: "USAGE" });
    expect(readdirSync(folder.path)).toEqual(names);
    expect(statSync(file).size).toBe(before.length);
  });
});
