import { DuckDBInstance } from "@duckdb/node-api";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adoptEndpoints, knownEndpoints } from "../../src/store/endpoints.js";
import { importFile, REFUSALS } from "../../src/store/import.js";
import { knownSymbols } from "../../src/store/symbols.js";
import { isSymbol } from "../../src/vision/symbol.js";
import { WRONG_COUNTS, temporaryFolder } from "../support/database.js";
import { runCli } from "../support/cli.js";
import { ask, D0, dayUnit, LATE, writerFor } from "../support/store.js";

/** The table of the seed's decision record, as its Python system creates it. */
const SEED = `CREATE TABLE daily_availability (
  date DATE NOT NULL, symbol VARCHAR NOT NULL, available BOOLEAN NOT NULL, file_size_bytes BIGINT,
  last_modified VARCHAR, url VARCHAR NOT NULL, status_code INTEGER NOT NULL, probe_timestamp TIMESTAMP NOT NULL,
  PRIMARY KEY (date, symbol))`;
const ROWS = `INSERT INTO daily_availability VALUES
  ('2024-03-01', 'BTCUSDT', true, 100, 'Sat, 02 Mar 2024 09:08:07 GMT', 'u', 200, '2025-01-01 00:00:00.123'),
  ('2024-03-01', 'ETHUSDT', true, 200, '2024-03-02 09:08:07', 'u', 200, '2025-01-01'),
  ('2024-03-01', 'ICPUSDT_SETTLED', false, NULL, NULL, 'u', 404, '2025-01-01'),
  ('2024-03-02', 'BTCUSDT', true, 300, 'Sun, 03 Mar 2024 09:08:07 GMT', 'u', 200, '2025-01-01'),
  ('2024-03-02', 'ETHUSDT', false, NULL, NULL, 'u', 503, '2025-01-01'),
  ('2024-03-02', 'BADUSDT', true, NULL, NULL, 'u', 200, '2025-01-01')`;

/** No refused rows. */
const NONE = Object.fromEntries(Object.keys(REFUSALS).map((reason) => [reason, 0]));

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
let other: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, "a.duckdb");
  other = join(folder.path, "it's seed.duckdb");
});
afterEach(() => {
  folder.remove();
});

async function makeOther(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(other);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

describe("importFile", () => {
  it("takes over a file with the seed's schema, keeps known cells, refuses rows that are not answers", async () => {
    await makeOther(SEED, ROWS, "ALTER TABLE daily_availability ADD COLUMN note VARCHAR");
    const before = readFileSync(other);
    const { store, writer } = await writerFor(file, ["BTCUSDT"]);
    await writer.commit([dayUnit(D0 + 1, [{ symbol: 0, size: 999 }])]);
    expect(await importFile(store, other, { now: LATE })).toEqual({
      ...{ rows: 6, imported: 3, known: 1, refused: 2, refusedBy: { ...NONE, other_status: 1, no_size: 1 } },
      ignoredColumns: ["note"],
    });
    const table =
      "SELECT date, symbol, file_size_bytes, last_modified, probe_timestamp FROM daily_availability ORDER BY 1, 2";
    expect(await ask(store, table)).toEqual([
      ["2024-03-01", "BTCUSDT", "100", "2024-03-02 09:08:07", "2025-01-01 00:00:00.123"],
      ["2024-03-01", "ETHUSDT", "200", "2024-03-02 09:08:07", "2025-01-01 00:00:00"],
      ["2024-03-01", "ICPUSDT_SETTLED", null, null, "2025-01-01 00:00:00"],
      ["2024-03-02", "BTCUSDT", "999", "2024-03-03 10:00:00", "2026-01-01 00:00:00"],
    ]);
    expect(await ask(store, WRONG_COUNTS)).toEqual([["0"]]);
    const { symbols, discoveredAt } = await knownSymbols(store);
    expect(symbols.map(({ symbol, class: kind }) => [symbol, kind])).toEqual([
      ["BTCUSDT", "perpetual"],
      ["ETHUSDT", "perpetual"],
      ["ICPUSDT_SETTLED", "settled"],
    ]);
    expect(discoveredAt).toBeUndefined();
    expect(await importFile(store, other, { now: LATE })).toMatchObject({ rows: 6, imported: 0, known: 4, refused: 2 });
    await store.close();
    expect(readFileSync(other).equals(before)).toBe(true);
  });

  it("takes over times of other types, and another store of ours", async () => {
    await makeOther(
      SEED.replace("last_modified VARCHAR", "last_modified TIMESTAMP"),
      `INSERT INTO daily_availability VALUES
        ('2024-03-01', 'BTCUSDT', true, 100, '2024-03-02 09:08:07', 'u', 200, '2025-01-01')`,
    );
    const { store } = await writerFor(file, ["BTCUSDT"]);
    expect(await importFile(store, other, { now: LATE })).toMatchObject({ imported: 1, refused: 0 });
    await store.close();
    const { store: second } = await writerFor(join(folder.path, "second.duckdb"), ["BTCUSDT"]);
    expect(await importFile(second, file, { now: LATE })).toEqual({
      rows: 1,
      imported: 1,
      known: 0,
      refused: 0,
      refusedBy: NONE,
      ignoredColumns: [],
    });
    await second.close();
  });

  it("refuses rows that no probe can have made, so that they don't stop later runs", async () => {
    const row = (date: string, symbol: string) => `(${date}, ${symbol}, false, NULL, NULL, 'u', 404, '2025-01-01')`;
    const rows = [
      row("'2024-03-01'", "'BTCUSDT'"),
      row("'2024-03-01'", "'币安人生USDT'"),
      ...["''", "'A'", "'BTC' || chr(27) || '[2J'", "'../X'", "'=1+1'", "repeat('X', 65)"].map((symbol) =>
        row("'2024-03-01'", symbol),
      ),
      ...["'infinity'", "'-infinity'", "'0001-01-01'", "'2019-09-24'", "'2026-01-01'", "'9999-12-31'"].map((date) =>
        row(date, "'BTCUSDT'"),
      ),
    ];
    await makeOther(SEED, `INSERT INTO daily_availability VALUES ${rows.join(",")}`);
    const { store } = await writerFor(file, ["BTCUSDT"]);
    expect(await importFile(store, other, { now: LATE })).toMatchObject({
      rows: 14,
      imported: 2,
      known: 0,
      refused: 12,
    });
    expect((await knownSymbols(store)).symbols.every(({ symbol }) => isSymbol(symbol))).toBe(true);
    expect(await ask(store, WRONG_COUNTS)).toEqual([["0"]]);
    expect(await ask(store, "SELECT from_date, to_date FROM runs WHERE command = 'import'")).toEqual([
      ["2024-03-01", "2024-03-01"],
    ]);
    await store.close();
  });

  it.each([
    [
      "has a view in place of the table",
      [
        "CREATE TABLE t (a INTEGER)",
        `CREATE VIEW daily_availability AS SELECT DATE '2024-03-01' AS date, filename AS symbol, false AS available,
          NULL::BIGINT AS file_size_bytes, NULL::TIMESTAMP AS last_modified, 404 AS status_code,
          TIMESTAMP '2025-01-01' AS probe_timestamp FROM read_text('${fileURLToPath(import.meta.url)}')`,
      ],
      /views are not read/,
    ],
    [
      "has a column computed by a macro over another file",
      [
        `CREATE MACRO stolen() AS (SELECT content FROM read_text('${fileURLToPath(import.meta.url)}'))`,
        `CREATE TABLE daily_availability (date DATE, name VARCHAR, symbol VARCHAR GENERATED ALWAYS AS (upper(name)),
          available BOOLEAN, file_size_bytes BIGINT, last_modified TIMESTAMP, status_code INTEGER, probe_timestamp TIMESTAMP)`,
      ],
      /has generated columns/,
    ],
    ["has no table", ["CREATE TABLE t (a INTEGER)"], /has no table daily_availability/],
    [
      "lacks columns",
      ["CREATE TABLE daily_availability (date DATE, symbol VARCHAR)"],
      /lacks available, file_size_bytes/,
    ],
    [
      "has cells twice",
      [SEED.replace(/,\s+PRIMARY KEY \(date, symbol\)/, ""), ROWS, ROWS],
      /more than one row for \d+ cells/,
    ],
    [
      "has unreadable values",
      [SEED.replace("date DATE", "date VARCHAR"), ROWS.replace("'2024-03-01', 'BTCUSDT'", "'yesterday', 'BTCUSDT'")],
      /can't be read/,
    ],
  ])("refuses a file that %s, and changes nothing", async (_, statements, message) => {
    await makeOther(...statements);
    const { store } = await writerFor(file, ["BTCUSDT"]);
    await expect(importFile(store, other, { now: LATE })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringMatching(message) as string,
    });
    expect(await ask(store, "SELECT count(*) FROM availability")).toEqual([["0"]]);
    expect(await ask(store, "SELECT count(*) FROM runs WHERE command = 'import'")).toEqual([["0"]]);
    await store.close();
  });

  it("counts rows that are refused anyway, even if their cells appear twice", async () => {
    await makeOther(SEED.replace(/,\s+PRIMARY KEY \(date, symbol\)/, ""), ROWS);
    await makeOther("INSERT INTO daily_availability FROM daily_availability WHERE status_code = 503");
    const { store } = await writerFor(file, ["BTCUSDT"]);
    expect(await importFile(store, other, { now: LATE })).toMatchObject({
      ...{ rows: 7, imported: 4, refused: 3 },
      refusedBy: { other_status: 2, no_size: 1 },
    });
    await store.close();
  });

  it("doesn't mix buckets, unless it is told to: a file takes the bucket of its first rows", async () => {
    const [real, mirror] = ["https://data.binance.vision", "https://mirror.example"];
    const filledFrom = async (endpoint: string, name: string) => {
      const path = join(folder.path, name);
      const { store, writer } = await writerFor(path, ["BTCUSDT"]);
      await writer.commit([dayUnit(D0, [{ symbol: 0, size: 1 }])]);
      await adoptEndpoints(store, { endpoint, listEndpoint: undefined });
      await store.close();
      return path;
    };
    const [first, second] = [await filledFrom(real, "real.duckdb"), await filledFrom(mirror, "mirror.duckdb")];
    const { store } = await writerFor(file, ["BTCUSDT"]);
    expect(await importFile(store, first, { now: LATE })).toMatchObject({ imported: 1 });
    expect(await knownEndpoints(store)).toEqual({ endpoint: real, listEndpoint: undefined });
    await expect(importFile(store, second, { now: LATE })).rejects.toMatchObject({
      ...{ code: "USAGE", option: "adoptEndpoint" },
      message: expect.stringContaining(`was filled from ${mirror}, but the database from ${real}`) as string,
    });
    expect(await importFile(store, second, { now: LATE, adoptEndpoint: true })).toMatchObject({ known: 1 });
    expect(await knownEndpoints(store)).toEqual({ endpoint: real, listEndpoint: undefined });
    await store.close();
  });

  it.each([
    ["a view", "CREATE VIEW store_info AS SELECT 'https://mirror.example' AS endpoint, NULL::VARCHAR AS list_endpoint"],
    ["other columns", "CREATE TABLE store_info AS SELECT 1 AS endpoint, 2 AS list_endpoint"],
    ["no URL", "CREATE TABLE store_info AS SELECT 'none' AS endpoint, NULL::VARCHAR AS list_endpoint"],
    ["no row", "CREATE TABLE store_info (endpoint VARCHAR, list_endpoint VARCHAR)"],
  ])("doesn't believe a store_info that is or has %s", async (_, statement) => {
    await makeOther(SEED, ROWS, statement);
    const { store } = await writerFor(file, ["BTCUSDT"]);
    expect(await importFile(store, other, { now: LATE })).toMatchObject({ imported: 4 });
    expect(await knownEndpoints(store)).toBeUndefined();
    await store.close();
  });

  it("refuses what is not a database, and itself", async () => {
    writeFileSync(other, "text");
    const { store } = await writerFor(file, ["BTCUSDT"]);
    await expect(importFile(store, other, { now: LATE })).rejects.toMatchObject({ code: "USAGE" });
    await expect(importFile(store, `${other}.none`, { now: LATE })).rejects.toThrow("doesn't exist");
    await expect(importFile(store, file, { now: LATE })).rejects.toThrow("is the database itself");
    await store.close();
  });

  it("bfa import says what it did", async () => {
    await makeOther(SEED, ROWS);
    const { code, stdout } = await runCli(["import", other, "--db", file]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("6 rows in") as string });
    expect(stdout).toContain("4 imported, 0 already known, 2 refused");
    expect((await runCli(["import", `${other}.none`, "--db", file])).code).toBe(2);
  });
});
