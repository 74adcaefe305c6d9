import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QUERY_NAMES } from "../../src/query/registry.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

let folder: ReturnType<typeof temporaryFolder>;
let db: string;

beforeAll(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  const { store, writer } = await writerFor(db, ["BTCUSDT", "=cmd", "EVIL\u001b[31mUSDT"]);
  await writer.commit([
    dayUnit(
      D0,
      [0, 1, 2].map((symbol) => ({ symbol, size: 100 + symbol })),
    ),
  ]);
  await store.close();
});
afterAll(() => {
  folder.remove();
});

const query = (...args: string[]) => runCli(["query", ...args, "--db", db]);

describe("bfa query", () => {
  it("takes words after -- as they are, even if they begin with a dash", async () => {
    const sql = "-- a comment\nSELECT 42 AS n";
    expect(await runCli(["query", "sql", "--db", db, "--", sql])).toMatchObject({ code: 0, stdout: "n\n42\n" });
  });

  it("prints CSV when stdout is not a terminal, with formulas and names made harmless", async () => {
    const { code, stdout, stderr } = await query("snapshot", "2024-03-01");
    // The bucket was never listed, so a symbol may be missing.
    expect({ code, stderr }).toEqual({ code: 0, stderr: "bfa: provisional: 2024-03-01 may still change\n" });
    expect(stdout.split("\n")).toEqual([
      "symbol,file_size_bytes,last_modified,also",
      "'=cmd,101,2024-03-02T10:00:00Z,",
      "BTCUSDT,100,2024-03-02T10:00:00Z,",
      "EVIL\\u{1b}[31mUSDT,102,2024-03-02T10:00:00Z,",
      "",
    ]);
  });

  it("writes every table of the file in every format, including 64-bit checksums", async () => {
    const etag = "SELECT * REPLACE (18446744073709551615::UBIGINT AS etag) FROM availability";
    const tables = JSON.parse((await query("sql", "SELECT name FROM (SHOW TABLES)", "--json")).stdout) as {
      rows: { name: string }[];
    };
    expect(tables.rows.map(({ name }) => name)).toContain("availability");
    for (const statement of [etag, ...tables.rows.map(({ name }) => `FROM ${name}`)]) {
      for (const format of ["table", "json", "ndjson", "csv", "parquet"]) {
        const { code, stderr } = await query("sql", statement, "--format", format, "--out", join(folder.path, "out"));
        expect({ statement, format, code, stderr }).toEqual({ statement, format, code: 0, stderr: "" });
      }
    }
  });

  it("prints tables, json and ndjson", async () => {
    const table = await query("snapshot", "2024-03-01", "--format", "table");
    expect(table.stdout).not.toContain("\u001b");
    expect(table.stdout.split("\n")[0]).toMatch(/^symbol +file_size_bytes +last_modified +also$/);
    expect(table.stdout).toMatch(/^BTCUSDT +100 B +2024-03-02T10:00:00Z$/m);
    const json = await query("counts", "--format", "json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      condition: "provisional",
      rows: [{ date: "2024-03-01", available_count: 3, probed_count: 3 }],
    });
    const ndjson = await query("range", "2024-03-01", "2024-03-01", "--format", "ndjson");
    expect(
      ndjson.stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { symbol: string }).symbol),
    ).toContain("BTCUSDT");
  });

  it("shows the facts of a timeline above its table and next to its rows", async () => {
    const table = await query("timeline", "BTCUSDT", "--format", "table");
    const heading = "BTCUSDT (perpetual): 1 day with a file\n  life  2024-03-01 to 2024-03-01, 1 day\n";
    expect(table.stdout).toBe(heading);
    const withRows = await query("timeline", "BTCUSDT", "--format", "table", "--rows");
    expect(withRows.stdout).toBe(
      `${heading}\ndate        available  file_size_bytes  last_modified         traded\n` +
        "2024-03-01  true                 100 B  2024-03-02T10:00:00Z\n",
    );
    const json = await query("timeline", "BTCUSDT", "--json");
    expect(JSON.parse(json.stdout)).toEqual({
      ...{ symbol: "BTCUSDT", class: "perpetual", first_date: "2024-03-01", last_date: "2024-03-01" },
      ...{ days_available: 1, holes: [], not_written: [] },
      ...{ days_traded: 0, first_trade_date: null, last_trade_date: null, not_traded: [] },
      volumes_unknown: [{ from: "2024-03-01", to: "2024-03-01", days: 1 }],
      lives: [{ from: "2024-03-01", to: "2024-03-01", days: 1 }],
      ...{ condition: "provisional", unknown_symbols: [] },
      conditions: [{ condition: "provisional", from: "2024-03-01", to: "2024-03-01" }],
      rows: [
        {
          date: "2024-03-01",
          available: true,
          file_size_bytes: 100,
          last_modified: "2024-03-02T10:00:00Z",
          traded: null,
        },
      ],
    });
    expect((await query("timeline", "BTCUSDT")).stdout).toMatch(/^date,available,/);
  });

  it("lists every query, each with help", async () => {
    const list = await runCli(["query", "--help"]);
    for (const name of QUERY_NAMES) {
      expect(list.stdout).toMatch(new RegExp(`^  ${name}(?: |$)`, "m"));
      const help = await runCli(["query", name, "--help"]);
      expect(help.stdout).toMatch(new RegExp(`^Usage: bfa query ${name}`, "m"));
    }
  });

  it("a table without rows still has its header", async () => {
    expect(await query("changes", "--format", "table")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^date +symbol/) as string,
      stderr: expect.stringMatching(/^bfa: no rows: no such change has been found$/m) as string,
    });
    expect((await query("changes", "--json")).stderr).not.toContain("no rows");
    expect((await query("listings")).stdout).toBe(
      "date,symbol,event,ticker,previous_symbol,previous_last_date,onboard_date,date_source\n",
    );
  });

  it("suggests the symbol that was meant", async () => {
    const { code, stderr } = await query("timeline", "BTCUSTD");
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: `bfa: no day of BTCUSTD is in the database: did you mean BTCUSDT? \`bfa discover --db ${db}\` lists all symbols\n`,
    });
  });

  it("says that a day is not written", async () => {
    const { code, stdout, stderr } = await query("snapshot", "2024-03-02");
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toBe(`bfa: not in the database: 2024-03-02; \`bfa update --db ${db}\` fills it\n`);
  });

  it.each([
    [["snapshot", "2024-02-30"], /is not a date/],
    [["range", "2024-03-02", "2024-03-01"], /first day is after the last/],
    [["universe", "2024-03-01", "--min-age", "-3"], /min-age/],
    [["universe", "2024-03-01"], /min-age/],
    [["timeline", "../BTCUSDT"], /symbol: "..\/BTCUSDT" is not a symbol/],
    [["snapshot", "2024-03-01", "--contract", "none"], /contract/],
    [["snapshot", "2024-03-01", "--quote", "A", "--quote", "B"], /--quote: given more than once/],
    [["nonsense"], /nonsense/],
    [["sql", "DROP TABLE availability"], /read-only/],
    [["snapshot", "2024-03-01", "--format", "xml"], /format/],
  ])("%j is wrong usage: one line, exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await query(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });

  it("a missing database exits with 3", async () => {
    const { code, stderr } = await runCli(["query", "counts"], { BFA_DB: join(folder.path, "none.duckdb") });
    expect(code).toBe(3);
    expect(stderr).toMatch(/none\.duckdb doesn't exist yet/);
  });

  it("a command that a message suggests has the caller's database", async () => {
    const file = join(folder.path, "no file");
    for (const named of [["--db", file], [`--db=${file}`]]) {
      const { stderr } = await runCli(["query", "counts", ...named]);
      expect(stderr).toContain(`: \`bfa update --db "${file}"\` or \`bfa backfill --db "${file}"\` creates it\n`);
    }
    const { stderr } = await runCli(["query", "snapshot", "2024-03-02"], { BFA_DB: db });
    expect(stderr).toContain("; `bfa update` fills it");
  });
});

it("bfa status and bfa export", async () => {
  const status = await runCli(["status", "--db", db]);
  expect(status.stdout).toMatch(/^rows +3$/m);
  expect(status.stdout).toMatch(/^last runs #1 .* test 2024-03-01 to 2024-03-01: unfinished$/m);
  expect(JSON.parse((await runCli(["status", "--db", db, "--json"])).stdout)).toMatchObject({
    row_count: 3,
    first_date: "2024-03-01",
    last_final_date: null,
    provisional_day_count: 1,
    discovered_at: null,
    runs: [{ run_id: 1, outcome: "unfinished", probes: null }],
  });
  const checked = await runCli(["status", "--check", "--db", db]);
  expect(checked).toMatchObject({ code: 1, stdout: expect.stringMatching(/^rows +3$/m) as string });
  expect(checked.stderr).toMatch(/^bfa: no update of all days has ever completed: bfa update$/m);
  const exported = await runCli(["export", "--db", db, "--out", join(folder.path, "out.parquet")]);
  expect(exported).toMatchObject({ code: 0, stderr: expect.stringContaining("3 rows written") as string });
  const until = ["export", "--db", db, "--to", "2024-02-29", "--out", join(folder.path, "none.parquet")];
  expect((await runCli(until)).stderr).toMatch(
    /^bfa: 0 rows written .*\nbfa: no rows: the database has none for these days up to yesterday\n$/,
  );
  // DuckDB itself writes this CSV, so nothing can be made harmless on the way.
  const refused = await runCli(["export", "--db", db, "--format", "csv", "--out", join(folder.path, "out.csv")]);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("can't be a symbol") as string });
  expect((await runCli(["export", "--db", db, "--format", "csv"])).code).toBe(2);
});
