import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect } from "vitest";
import { dayAt, dayOf } from "../src/calendar/day.js";
import { VERSION_1 } from "../src/store/schema/version-1.js";
import { VERSION_2 } from "../src/store/schema/version-2.js";
import { VERSION_3 } from "../src/store/schema/version-3.js";
import { blocksOf, RUN_PAGES, runScript, scriptOf } from "./support/docs.js";
import { replicaTest, syntheticWorld } from "./support/fixture.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { source } = syntheticWorld({
  seed: 1,
  symbols: 20,
  from: dayOf("2023-11-01"),
  through: dayAt(Date.now()) - 1,
});

const it = replicaTest({ history: source }).extend("env", ({ env, replica }) => {
  return { ...env, BFA_CONTRACTS_URL: replica.contractsUrl };
});

it("troubleshooting has each error code, and no other", () => {
  const codes = [
    ...readFileSync(join(ROOT, "src/errors.ts"), "utf8").matchAll(/(?:BfaError<|\| |Code = )"([A-Z_]+)"/g),
  ];
  const titles = [...readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8").matchAll(/^## `([A-Z_]+)`/gm)];
  const names = (found: RegExpExecArray[]) => found.map(([, name]) => name).sort();
  expect(names(titles)).toEqual(names(codes));
});

it("the page of tables has each table and each column with its type, and no other", async () => {
  const page = readFileSync(join(ROOT, "docs/tables.md"), "utf8");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const statement of [...VERSION_1, ...VERSION_2, ...VERSION_3]) await connection.run(statement);
  const found = await connection.runAndReadAll(
    "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal",
  );
  connection.closeSync();
  instance.closeSync();
  const columns = found.getRows().map((row) => row.join(" "));
  // The page shows the columns of the table below the view beside those of the view.
  const ofView = new Set(columns.flatMap((column) => /^daily_availability (\w+)/.exec(column)?.[1] ?? []));
  const expected = columns.filter((column) => !ofView.has(/^availability (\w+)/.exec(column)?.[1] ?? ""));
  let table = "";
  const described: string[] = [];
  for (const line of page.split("\n")) {
    table = /^`(\w+)`/.exec(line)?.[1] ?? table;
    const [, name, type] = /^\| `(\w+)` +\| (\w+) +\|/.exec(line) ?? [];
    if (name !== undefined) described.push(`${table} ${name} ${type}`);
  }
  expect(described.sort()).toEqual(expected.sort());
});

describe("the commands of the docs", () => {
  it("are found", () => {
    expect(RUN_PAGES.flatMap((page) => blocksOf(page, "sh")).length).toBeGreaterThan(4);
  });

  it.for(RUN_PAGES.filter((page) => blocksOf(page, "sh").length > 0))(
    "of %s work as they are printed, one after the other, on a new file",
    async (page, { folder, env }) => {
      const { code, stderr } = await runScript(scriptOf(page), folder, env);
      expect(code, stderr).toBe(0);
    },
  );
});
