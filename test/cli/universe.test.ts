import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { commandLine } from "../../src/cli/args/query-arguments.js";
import { openAvailability, universeMatrix, type UniverseOverAnswer } from "../../src/index.js";
import universeOver from "../../src/query/universe-over.js";
import { backfill } from "../../src/run/backfill.js";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
let db: string;

beforeAll(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  const history = { type: "synthetic", through: dayOf("2024-04-05"), symbols: 20 } as const;
  const replica = await startReplicaThread({ history });
  try {
    const endpoints = { endpoint: replica.url, listEndpoint: replica.listUrl, ca: replica.ca };
    await backfill({ db, ...endpoints, source: "list", from: "2023-11-01", to: "2024-04-05" });
  } finally {
    await replica.close();
  }
});
afterAll(() => {
  folder.remove();
});

const bfa = (...args: string[]) => runCli(["universe", ...args, "--db", db]);
const SPAN = ["--from", "2024-03-01", "--to", "2024-04-01", "--rebalance", "monthly", "--min-age", "60"];
const MONTHS = { from: "2024-03-01", to: "2024-04-01", rebalance: "monthly", minAge: 60 } as const;

describe("bfa universe", () => {
  it("answers its examples according to the documented schema, as the library does", async () => {
    const schema = JSON.parse(readFileSync(join(root, "docs/schemas/universe.json"), "utf8")) as object;
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    await using file = await openAvailability(db);
    for (const { args } of universeOver.examples) {
      const words = commandLine(universeOver, args, "universe").split(" ").slice(1);
      const { code, stdout, stderr } = await bfa(...words, "--json");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const printed = JSON.parse(stdout) as UniverseOverAnswer;
      expect(validate(printed), JSON.stringify(validate.errors)).toBe(true);
      expect(printed.rows.length).toBeGreaterThan(0);
      expect(await file.universeOver(args as typeof MONTHS)).toEqual(printed);
    }
  });

  it("has the rows of the day's universe as of its close, and by default those of the day before", async () => {
    await using file = await openAvailability(db);
    const date = "2024-03-01";
    const close = await file.universeOver({ ...MONTHS, to: date, asOf: "close" });
    const { rows } = await file.universe({ date, minAge: 60 });
    const named = (all: readonly { symbol: string; age_days: number }[]) =>
      all.map(({ symbol, age_days }) => ({ symbol, age_days }));
    expect(named(close.rows)).toEqual(named(rows));
    const open = await file.universeOver({ ...MONTHS, to: date });
    const before = await file.universe({ date: "2024-02-29", minAge: 59 });
    expect(named(open.rows)).toEqual(named(before.rows.map((row) => ({ ...row, age_days: row.age_days + 1 }))));
  });

  it("can be repeated from its definition, and its name is the SHA-256 of its CSV lines", async () => {
    const definition = join(folder.path, "definition.json");
    const first = await bfa(...SPAN, "--format", "csv", "--definition-out", definition);
    const lines = first.stdout.slice(first.stdout.indexOf("\n") + 1);
    const sha256 = createHash("sha256").update(lines).digest("hex");
    expect(first.stderr).toContain(`2 rebalancing days, SHA-256 ${sha256}`);
    expect(await bfa("--definition", definition, "--format", "csv")).toEqual(first);
    await using file = await openAvailability(db);
    const again = await file.universeOver({
      definition: JSON.parse(readFileSync(definition, "utf8")) as object as never,
    });
    expect(again.sha256).toBe(sha256);
    expect(await file.universeOver({ definition: again.definition })).toEqual(again);
    // Options override a definition.
    const { rows, definition: shorter } = await file.universeOver({ definition: again.definition, to: "2024-03-31" });
    expect(rows).toEqual(again.rows.filter(({ date }) => date === "2024-03-01"));
    expect(shorter).toMatchObject({ from: "2024-03-01", to: "2024-03-31" });
  });

  it("prints a matrix, just as the library makes one from the rows", async () => {
    await using file = await openAvailability(db);
    const { columns, rows } = universeMatrix((await file.universeOver(MONTHS)).rows);
    const { stdout } = await bfa(...SPAN, "--matrix", "--format", "csv");
    expect(stdout.trimEnd().split("\n")).toEqual(
      [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ""))].map((cells) => cells.join(",")),
    );
    expect(rows).toHaveLength(2);
  });

  it.each<[what: string, args: string[], code: number, message: string]>([
    ["ranks by nothing", [...SPAN, "--top", "5"], 2, "--by: required to choose the top ranks"],
    ["a negative buffer", [...SPAN, "--buffer", "5"], 2, "--top: required when there is a buffer"],
    [
      "no rebalancing day",
      ["--from", "2024-03-02", "--to", "2024-03-05", "--rebalance", "monthly"],
      2,
      "--rebalance: there is no monthly rebalancing day",
    ],
    ["no first day", ["--to", "2024-03-05"], 2, "--from: must be given"],
    ["a matrix of changes", [...SPAN, "--matrix", "--changes"], 2, "--matrix shows members"],
    ["an unknown day", ["--from", "2024-04-05", "--to", "2024-04-09"], 4, "not in the database"],
    ["unknown volumes", [...SPAN, "--by", "quote_volume"], 4, "` fetches them"],
  ])("refuses %s", async (_, args, code, message) => {
    const result = await bfa(...args);
    expect(result.stderr).toContain(message);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: "" });
  });

  it.each([
    ["[]", "not a definition of a universe"],
    ['{"version":2}', "its version is 2"],
    ['{"version":1,"size":5}', '"size" is not part of a definition'],
    ["{", "is not JSON"],
  ])("refuses the definition %s", async (text, message) => {
    const definition = join(folder.path, "wrong.json");
    writeFileSync(definition, text);
    const { code, stderr } = await bfa("--definition", definition);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as string });
  });
});
