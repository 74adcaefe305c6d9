import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAvailability } from "../../src/open-availability.js";
import { QUERIES, QUERY_NAMES, type AnyQuery } from "../../src/query/registry.js";
import { changeFile } from "../../src/store/change-file.js";
import { compact } from "../../src/store/compact.js";
import { openStore } from "../../src/store/open.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

/** What the view `daily_availability` calls: inside a view, the file's macros come first. */
const OF_THE_VIEW = ["||", "strftime", "url_encode"];

let folder: ReturnType<typeof temporaryFolder>;
let sound: string;
beforeAll(async () => {
  folder = temporaryFolder();
  sound = join(folder.path, "sound.duckdb");
  const { store, writer } = await writerFor(sound, ["BTCUSDT", "ETHUSDC"]);
  const cells = [0, 1].map((symbol) => ({ symbol, size: 20_000 + symbol }));
  await writer.commit(Array.from({ length: 10 }, (_, day) => dayUnit(D0 + day, cells.slice(0, day < 5 ? 2 : 1))));
  await writer.close();
  await store.close();
});
afterAll(() => {
  folder.remove();
});

/** A copy of the sound file with something added by somebody else. */
async function tampered(name: string, change: (run: (sql: string) => Promise<unknown[][]>) => Promise<void>) {
  const file = join(folder.path, `${name}.duckdb`);
  copyFileSync(sound, file);
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await change(async (sql) => (await connection.runAndReadAll(sql)).getRows());
  connection.closeSync();
  instance.closeSync();
  return file;
}

/** Every query's answers to its examples, in JSON, or the reasons why it doesn't answer. */
async function answersOf(file: string): Promise<string[]> {
  const answers: string[] = [];
  const db = await openAvailability(file);
  for (const name of QUERY_NAMES) {
    const query: AnyQuery = (await QUERIES[name]()).default;
    for (const { args } of query.examples) {
      // Every method accepts the arguments of its definition's examples.
      const ask = db[name] as (args: object) => Promise<unknown>;
      answers.push(JSON.stringify(await ask(args).catch((error: unknown) => String(error))));
    }
  }
  // Names and sizes of files differ.
  const status = { ...(await db.status()), file: "", bytes: 0 };
  answers.push(JSON.stringify(status), JSON.stringify(await db.validate()));
  await db.close();
  return answers;
}

describe("macros in a file", () => {
  it("replace no DuckDB function: each answer is that of the file without them", async () => {
    const file = await tampered("macros", async (run) => {
      const names = await run(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_name NOT LIKE 'main%'",
      );
      const made = names
        .map(([name]) => String(name))
        .filter((name) => !OF_THE_VIEW.includes(name))
        .map((name) => `"${name.replaceAll('"', '""')}"`);
      const overloads = ["()", "(a)", "(a, b)", "(a, b, c)"].map((parameters) => `${parameters} AS 'not DuckDB''s'`);
      await run("BEGIN");
      for (const name of made) {
        await run(`CREATE MACRO ${name} ${overloads.join(", ")}`);
        await run(`CREATE MACRO ${name} (a) AS TABLE SELECT 1 AS range`);
      }
      await run("COMMIT");
      expect(made.length).toBeGreaterThan(500);
    });
    const answers = await answersOf(sound);
    expect(await answersOf(file)).toEqual(answers);
    await changeFile(file, { waitMs: 0 }, () => Promise.resolve());
    expect((await answersOf(file)).slice(0, -2)).toEqual(answers.slice(0, -2));
  });

  it.each(OF_THE_VIEW)("that replace %s, which our view calls, get the file refused in one line", async (name) => {
    const file = await tampered("of-the-view", async (run) => {
      await run(`CREATE MACRO "${name}" (a) AS '=1+1', (a, b) AS '=1+1'`);
    });
    const refusal = { code: "STORE_FOREIGN", message: expect.stringContaining(`DuckDB's ${name}`) as string };
    await expect(openAvailability(file)).rejects.toMatchObject(refusal);
    await expect(openStore(file)).rejects.toMatchObject(refusal);
    const { code, stdout, stderr } = await runCli(["export", "--db", file, "--out", join(folder.path, "out.csv")]);
    expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 3, stdout: "", lines: 1 });
  });

  it("that shadow nothing stay, and can be used", async () => {
    const file = await tampered("own", async (run) => {
      await run("CREATE MACRO my_own(a) AS a + 1");
      await run("CREATE MACRO median(a) AS 7");
    });
    const store = await openStore(file);
    expect(await compact(store)).toBeUndefined();
    await store.close();
    const db = await openAvailability(file);
    const { rows } = await db.sql({
      statement: "SELECT my_own(2) AS own, median(x) AS m FROM (VALUES (1), (2), (3)) AS t(x)",
    });
    expect(rows).toEqual([{ own: 3, m: 2 }]);
    await db.close();
  });
});

describe("our names in a file", () => {
  it.each([
    ["another column", "ALTER TABLE availability ADD COLUMN note VARCHAR", "availability"],
    ["a missing column", "ALTER TABLE runs DROP COLUMN outcome", "runs"],
    ["another type", "ALTER TABLE availability ALTER file_size_bytes TYPE VARCHAR", "availability"],
    ["a missing table", "DROP TABLE units", "units"],
    ["no view", "DROP VIEW daily_availability", "daily_availability"],
    ["a view under capitals", "DROP TABLE units; CREATE VIEW UNITS AS SELECT 1 AS run_id", "UNITS"],
    ["no version", "DELETE FROM store_info", "store_info"],
    ["two versions", "INSERT INTO store_info FROM store_info", "store_info"],
    [
      "a view that never ends in place of what is read first",
      "DROP TABLE store_info; CREATE VIEW store_info AS SELECT count(*) AS schema_version FROM range(100000000000)",
      "store_info",
    ],
  ])("are its plain tables: %s is refused in one line", async (_, statements, name) => {
    const file = await tampered("shape", async (run) => {
      for (const statement of statements.split("; ")) await run(statement);
    });
    const refusal = {
      code: "STORE_FOREIGN",
      message: expect.stringMatching(new RegExp(`^${name} in .*own: restore it`)) as string,
    };
    await expect(openAvailability(file)).rejects.toMatchObject(refusal);
    await expect(openStore(file)).rejects.toMatchObject(refusal);
  });

  it("with values that no run writes: a query that fails on them says so", async () => {
    const file = await tampered("values", async (run) => {
      await run("UPDATE availability SET file_size_bytes = -5");
    });
    const db = await openAvailability(file);
    await expect(db.snapshot({ date: "2024-03-01" })).rejects.toMatchObject({
      code: "STORE_FOREIGN",
      message: expect.stringMatching(
        /contains data that no run writes: 15 rows of availability have an impossible file_size_bytes$/,
      ) as string,
    });
    await db.close();
  });
});
