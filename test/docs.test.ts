import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect } from "vitest";
import { dayOf } from "../src/calendar/day.js";
import { update } from "../src/run/update.js";
import { VERSION_1 } from "../src/store/schema/version-1.js";
import { VERSION_2 } from "../src/store/schema/version-2.js";
import { VERSION_3 } from "../src/store/schema/version-3.js";
import { blocksOf, PAGES, RUN_PAGES, runScript } from "./support/docs.js";
import { replicaTest, syntheticWorld } from "./support/fixture.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

// The pages query days up to 2024-03-07.
const { source } = syntheticWorld({
  seed: 1,
  symbols: 6,
  from: dayOf("2023-11-01"),
  through: dayOf("2024-04-30"),
});

const it = replicaTest({ history: source })
  .extend("env", ({ env, replica }) => ({ ...env, BFA_CONTRACTS_URL: replica.contractsUrl }))
  .extend("updated", { scope: "file" }, async ({ replicaThread, root }) => {
    const db = join(root, "updated.duckdb");
    const { url: endpoint, listUrl: listEndpoint, ca } = replicaThread;
    await update({ db, endpoint, listEndpoint, ca });
    return db;
  });

it("troubleshooting has each error code, and no others", () => {
  const classes = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => [...readFileSync(join(ROOT, "src", name), "utf8").matchAll(/extends BfaError<"([A-Z_]+)">/g)]);
  const unions = [...readFileSync(join(ROOT, "src/errors.ts"), "utf8").matchAll(/(?:\| |Code = )"([A-Z_]+)"/g)];
  const titles = [...readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8").matchAll(/^## `([A-Z_]+)`/gm)];
  const names = (found: RegExpExecArray[]) => found.map(([, name]) => name).sort();
  expect(names(titles)).toEqual(names([...classes, ...unions]));
});

it("troubleshooting has each kind of failure, and no others", () => {
  const rows = [...readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8").matchAll(/^\| `([a-z]+)` +\|/gm)];
  const [type = ""] = /FailureKind =[^;]+;/.exec(readFileSync(join(ROOT, "src/rows/failure.ts"), "utf8")) ?? [];
  const kinds = [...type.matchAll(/"([a-z]+)"/g)].map(([, kind]) => kind);
  expect(rows.map(([, kind]) => kind).sort()).toEqual(kinds.sort());
});

/** The anchors of a page, as a Markdown renderer makes them from its headings. */
function anchorsOf(page: string): string[] {
  const titles = [...readFileSync(join(ROOT, page), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

const TEXTS = [
  ...PAGES.filter((page) => !page.startsWith("docs/api/")),
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
];

it.for(TEXTS)("the links of %s lead to existing files and headings", (page) => {
  const text = readFileSync(join(ROOT, page), "utf8");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

it("the README leads to every page of the docs, through an index at most", () => {
  const seen = new Set<string>();
  const visit = (page: string) => {
    if (seen.has(page) || !existsSync(join(ROOT, page))) return;
    seen.add(page);
    for (const [, link = ""] of readFileSync(join(ROOT, page), "utf8").matchAll(/\]\(([^)\s:#]+\.md)[^)]*\)/g)) {
      visit(join(dirname(page), link));
    }
  };
  visit("README.md");
  expect(PAGES.filter((page) => !seen.has(page))).toEqual([]);
});

it("the page of tables has each table and each column with its type, and no others", async () => {
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
  // Beside the columns of the view, the page shows only the additional columns of the table below it.
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

  it("of README.md work as printed, one after the other, on a new file", async ({ folder, env }) => {
    const { code, stderr } = await runScript(blocksOf("README.md", "sh").join("\n"), folder, env);
    expect(code, stderr).toBe(0);
  });

  it.for(RUN_PAGES.filter((page) => page !== "README.md" && blocksOf(page, "sh").length > 0))(
    "of %s work as printed, one after the other, after an update",
    async (page, { folder, db, env, updated }) => {
      copyFileSync(updated, db);
      const { code, stderr } = await runScript(blocksOf(page, "sh").join("\n"), folder, env);
      expect(code, stderr).toBe(0);
    },
  );
});
