import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { compare } from "../../src/publish/compare.js";
import { publish } from "../../src/publish/publish.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, LATE, writerFor, type Cell } from "../support/store.js";
import { propertyRuns } from "../support/property-runs.js";

let folder: string;
beforeEach(() => {
  const temporary = temporaryFolder();
  folder = temporary.path;
  onTestFinished(temporary.remove);
});

/** Makes a database with the cells of one day. */
async function database(name: string, cells: readonly Omit<Cell, "day">[]): Promise<string> {
  const file = join(folder, name);
  const { store, writer } = await writerFor(file, ["AAAUSDT", "BBBUSDT", "CCCUSDT"]);
  await writer.commit([dayUnit(D0, cells)]);
  await writer.close();
  await store.close();
  return file;
}

const CELLS = [
  { symbol: 0, size: 49_321, etag: 0xabcd },
  { symbol: 1, size: 0 },
];

describe("compare", () => {
  it("finds no difference between a database and itself, however it was probed", async () => {
    const a = await database("a.duckdb", CELLS);
    const later = await database(
      "b.duckdb",
      CELLS.map((cell) => ({ ...cell, probedAt: LATE + 5000 })),
    );
    expect((await compare(a, a)).facts).toEqual({
      ...{ a, b: a, outcome: "same", a_cell_count: 2, b_cell_count: 2, same_count: 2 },
      ...{ only_in_a_count: 0, only_in_b_count: 0, different_count: 0, other_probe_time_count: 0 },
    });
    expect((await compare(a, later)).facts).toMatchObject({ outcome: "same", other_probe_time_count: 2 });
  });

  it("counts and names the cells that are in only one or differ", async () => {
    const a = await database("a.duckdb", CELLS);
    const b = await database("b.duckdb", [
      { symbol: 0, size: 49_322, etag: 0xabce },
      { symbol: 2, size: 7_400 },
    ]);
    const { facts, rows } = await compare(a, b);
    expect(facts).toMatchObject({ outcome: "different", same_count: 0, different_count: 1 });
    expect(facts).toMatchObject({ only_in_a_count: 1, only_in_b_count: 1 });
    const uploaded = "2024-03-02T10:00:00Z";
    expect(rows.flat()).toEqual([
      {
        ...{ date: "2024-03-01", symbol: "AAAUSDT", difference: "different", a_available: true, b_available: true },
        ...{
          a_file_size_bytes: 49_321,
          b_file_size_bytes: 49_322,
          a_last_modified: uploaded,
          b_last_modified: uploaded,
        },
        ...{ a_etag: "0000abcd00000000", b_etag: "0000abce00000000" },
      },
      {
        ...{ date: "2024-03-01", symbol: "BBBUSDT", difference: "only_in_a", a_available: false, b_available: null },
        ...{ a_file_size_bytes: null, b_file_size_bytes: null, a_last_modified: null, b_last_modified: null },
        ...{ a_etag: null, b_etag: null },
      },
      {
        ...{ date: "2024-03-01", symbol: "CCCUSDT", difference: "only_in_b", a_available: null, b_available: true },
        ...{ a_file_size_bytes: null, b_file_size_bytes: 7_400, a_last_modified: null, b_last_modified: uploaded },
        ...{ a_etag: null, b_etag: null },
      },
    ]);
    expect((await compare(a, b, { limit: 1 })).rows.flat()).toHaveLength(1);
  });

  it("counts each cell of both once", async () => {
    const cells = fc.uniqueArray(
      fc.record({ symbol: fc.integer({ min: 0, max: 2 }), size: fc.constantFrom(0, 7_400, 49_000) }),
      { minLength: 1, selector: ({ symbol }) => symbol },
    );
    const sorted = (some: Omit<Cell, "day">[]) => some.toSorted((one, other) => one.symbol - other.symbol);
    let made = 0;
    await fc.assert(
      fc.asyncProperty(cells, cells, async (inA, inB) => {
        const a = await database(`a${made}.duckdb`, sorted(inA));
        const b = await database(`b${made++}.duckdb`, sorted(inB));
        const { facts } = await compare(a, b);
        const common = inA.filter(({ symbol }) => inB.some((cell) => cell.symbol === symbol));
        const same = common.filter(({ symbol, size }) =>
          inB.some((cell) => cell.symbol === symbol && cell.size === size),
        );
        expect(facts).toMatchObject({
          ...{ a_cell_count: inA.length, b_cell_count: inB.length, same_count: same.length },
          ...{ different_count: common.length - same.length, only_in_a_count: inA.length - common.length },
          only_in_b_count: inB.length - common.length,
        });
      }),
      { numRuns: propertyRuns(2) },
    );
  });

  it("does not count an ETag that only one of them knows as a difference", async () => {
    const a = await database("a.duckdb", CELLS);
    const b = await database(
      "b.duckdb",
      CELLS.map(({ symbol, size }) => ({ symbol, size })),
    );
    expect((await compare(a, b)).facts.outcome).toBe("same");
  });

  it("reads a publication, and refuses one whose database differs from its manifest", async () => {
    const a = await database("a.duckdb", CELLS);
    const published = join(folder, "public");
    await publish(a, published);
    expect((await compare(published, a)).facts.outcome).toBe("same");
    const file = join(published, "availability.duckdb");
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(file, bytes);
    await expect(compare(a, published)).rejects.toMatchObject({ code: "PUBLICATION_DAMAGED" });
  });

  it("reads a table from another system", async () => {
    const a = await database("a.duckdb", CELLS);
    const other = join(folder, "other.duckdb");
    const instance = await DuckDBInstance.create(other);
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE daily_availability AS SELECT * FROM (VALUES
        (DATE '2024-03-01', 'AAAUSDT', true, 49321, '2024-03-02T10:00:00Z', 200, now()),
        (DATE '2024-03-01', 'BBBUSDT', false, NULL, NULL, 404, now()))
      t(date, symbol, available, file_size_bytes, last_modified, status_code, probe_timestamp)`);
    connection.closeSync();
    instance.closeSync();
    expect((await compare(other, a)).facts).toMatchObject({ outcome: "same", same_count: 2 });
  });

  it.each([
    ["nothing.duckdb", "doesn't exist"],
    [".", "is a folder without a manifest.json"],
  ])("refuses %s", async (name, reason) => {
    const a = await database("a.duckdb", CELLS);
    await expect(compare(a, join(folder, name))).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(reason) as string,
    });
  });
});

describe("bfa compare", () => {
  it("exits with 0 if the two are the same, with 1 and the cells if they differ", async () => {
    const a = await database("a.duckdb", CELLS);
    const b = await database("b.duckdb", [CELLS[0] ?? { symbol: 0, size: 1 }, { symbol: 1, size: 8_000 }]);
    expect(await runCli(["compare", a, a])).toMatchObject({
      code: 0,
      stdout: "2 cells with the same answer\n",
      stderr: "",
    });
    const { code, stdout } = await runCli(["compare", a, b]);
    expect(code).toBe(1);
    expect(stdout).toContain("1 cell with the same answer\n1 with different answers\n");
    expect(stdout).toContain("BBBUSDT");
    const csv = await runCli(["compare", a, b, "--format", "csv"]);
    expect(csv.stdout.split("\n")[1]).toBe("2024-03-01,BBBUSDT,different,false,true,,8000,,2024-03-02T10:00:00Z,,");
    const json = await runCli(["compare", a, b, "--json", "--limit", "0"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: "different", different_count: 1, cells: [] });
    expect((await runCli(["compare", a, join(folder, "c")])).code).toBe(2);
  });
});
