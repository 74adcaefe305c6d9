import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../../src/store/open.js";
import { CLI, runCli, startCli } from "../../support/cli.js";
import { temporaryFolder } from "../../support/database.js";
import { ask } from "../../support/answers.js";

/** An empty database, for each test to copy. */
let made: ReturnType<typeof temporaryFolder>;
beforeAll(async () => {
  made = temporaryFolder();
  await (await openStore(join(made.path, "a.duckdb"))).close();
});
afterAll(() => {
  made.remove();
});

let folder: ReturnType<typeof temporaryFolder>;
let out: string;
let db: string;

beforeEach(() => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  out = join(folder.path, "out");
  mkdirSync(out);
  copyFileSync(join(made.path, "a.duckdb"), db);
});
afterEach(() => {
  folder.remove();
});

const sql = (statement: string, ...args: string[]) => runCli(["query", "sql", statement, "--db", db, ...args]);
const sha256Of = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
const names = () => readdirSync(folder.path, { recursive: true }).sort();

describe("--out", () => {
  it.each([
    ["rows.json", '{"rows":[{"a":1}]}\n'],
    ["rows.ndjson", '{"a":1}\n'],
    ["rows.JSONL", '{"a":1}\n'],
    ["rows.csv", "a\n1\n"],
    ["rows.txt", "a\n1\n"],
    ["rows", "a\n1\n"],
  ])("writes %s in the format of its extension, replacing what was there", async (name, text) => {
    const file = join(out, name);
    writeFileSync(file, "before");
    expect(await sql("SELECT 1 AS a", "--out", file)).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(out)).toEqual([name]);
  });

  it("writes parquet", async () => {
    const file = join(out, "rows.parquet");
    expect((await sql("SELECT DATE '2024-03-01' AS day, 5 AS n", "--out", file)).code).toBe(0);
    expect(await ask(`SELECT day::VARCHAR, n FROM '${file}'`)).toEqual([["2024-03-01", 5n]]);
    const piped = spawnSync(process.execPath, [
      CLI,
      "query",
      "sql",
      "SELECT 5 AS n",
      "--format",
      "parquet",
      "--db",
      db,
    ]);
    expect([piped.stdout.subarray(0, 4).toString(), piped.stderr.toString()]).toEqual(["PAR1", ""]);
  });

  it("lets --format and --json override the extension", async () => {
    const file = join(out, "rows.csv");
    await sql("SELECT 1 AS a", "--out", file, "--json");
    expect(readFileSync(file, "utf8")).toBe('{"rows":[{"a":1}]}\n');
    await sql("SELECT 1 AS a", "--out", file, "--format", "ndjson");
    expect(readFileSync(file, "utf8")).toBe('{"a":1}\n');
    expect(await sql("SELECT 1", "--json", "--format", "csv")).toMatchObject({ code: 2, stdout: "" });
  });

  it.each(["-", "/dev/stdout"])("takes %s for stdout", async (name) => {
    expect((await sql("SELECT 1 AS a", "--out", name)).stdout).toBe("a\n1\n");
  });

  it("refuses a folder, a pipe, a device, a database and its log in one line", async () => {
    const pipe = join(out, "pipe");
    spawnSync("mkfifo", [pipe]);
    const before = [names(), sha256Of(db)];
    const devices = process.platform === "win32" ? [] : [pipe, "/dev/null"];
    for (const target of [out, ...devices, db, `${db}.wal`, join(out, "no", "rows.csv")]) {
      const { code, stdout, stderr } = await sql("SELECT 1", "--out", target);
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^bfa: .*\n$/);
    }
    expect([names(), sha256Of(db)]).toEqual(before);
  });

  it("leaves the old file and nothing else after a failure", async () => {
    const file = join(out, "rows.csv");
    writeFileSync(file, "before");
    // Late enough that DuckDB has returned rows before it fails.
    const late = "SELECT CASE WHEN i = 1800000 THEN error('late') ELSE 1 END AS a FROM range(2000000) AS t(i)";
    const { code, stderr } = await sql(late, "--out", file);
    expect([code, stderr]).toEqual([2, expect.stringContaining("failed after some of its rows")]);
    expect([readFileSync(file, "utf8"), readdirSync(out)]).toEqual(["before", ["rows.csv"]]);
  });

  it.skipIf(process.platform === "win32").each(["csv", "parquet"])(
    "leaves nothing behind when Ctrl-C ends it while it writes %s",
    async (format) => {
      const temporary = join(folder.path, "tmp");
      mkdirSync(temporary);
      const endless = ["query", "sql", "SELECT * FROM range(100000000000)", "--db", db];
      const running = startCli([...endless, "--out", join(out, `rows.${format}`)], { TMPDIR: temporary });
      while (readdirSync(format === "csv" ? out : temporary).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      running.child.kill("SIGINT");
      expect(await running.done).toMatchObject({ signal: "SIGINT", stderr: "" });
      expect([readdirSync(out), readdirSync(temporary)]).toEqual([[], []]);
    },
  );
});

describe("query sql", () => {
  it("reads the statement from stdin", () => {
    const args = [CLI, "query", "sql", "-", "--db", db];
    const { stdout } = spawnSync(process.execPath, args, { input: "SELECT 1 AS a;\n", encoding: "utf8" });
    expect(stdout).toBe("a\n1\n");
  });

  it("prints one line for an empty statement and for several", async () => {
    for (const statement of ["/* nothing */", ";", "SELECT 1; SELECT 2"]) {
      const { code, stderr } = await sql(statement);
      expect([code, stderr], statement).toEqual([2, expect.stringMatching(/^bfa: .*statement.*\n$/)]);
    }
  });
});

describe("export", () => {
  it("says what it wrote, on stderr or as JSON", async () => {
    const file = join(out, "rows.csv");
    const exported = (...args: string[]) => runCli(["export", "--db", db, ...args]);
    expect(await exported("--out", file)).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/^bfa: 0 rows written to /) as string,
    });
    const header = readFileSync(file, "utf8");
    expect(JSON.parse((await exported("--out", file, "--json")).stdout)).toEqual({
      files: [{ file, format: "csv", row_count: 0, bytes: header.length }],
    });
    expect(await exported("--out", "-", "--format", "csv")).toMatchObject({ code: 0, stdout: header });
    expect(readdirSync(out)).toEqual(["rows.csv"]);
    for (const wrong of [
      ["--out", join(out, "rows")],
      ["--out", "-", "--format", "csv", "--json"],
      ["--out", db],
    ]) {
      expect((await exported(...wrong)).code, wrong.join(" ")).toBe(2);
    }
    expect(existsSync(join(out, "rows"))).toBe(false);
  });
});

describe("memory", () => {
  /** A program that prints 160,000 rows, 48 MB as JSON: twice its maximum heap. */
  const program = `
    const { printAnswer } = await import(process.argv[1]);
    const about = "";
    const columns = { a: { kind: "text", nullable: false, about }, n: { kind: "count", nullable: false, about } };
    function* rows() {
      for (let chunk = 0; chunk < 80; chunk++) {
        yield Array.from({ length: 2000 }, (_, n) => ({ a: "x".repeat(280), n }));
      }
    }
    await printAnswer({ facts: {}, rowsName: "rows", columns, rows: rows() }, { format: process.argv[2] });`;
  const module = new URL("../../../dist/src/cli/output/print-answer.js", import.meta.url).href;

  it.each(["csv", "ndjson", "json", "parquet"])("stays flat while many rows are printed as %s", (format) => {
    const args = ["--max-old-space-size=24", "--input-type=module", "--eval", program, module, format];
    const { status, stderr } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    expect(status, stderr.toString()).toBe(0);
  });
});
