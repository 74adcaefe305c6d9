import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { afterEach, describe, expect, it } from "vitest";
import house from "../.config/house.js";
import { temporaryFolder } from "./support/database.js";

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

/** Writes a made-up tree and returns what the house's rules report about it, as `file: message`. */
function complaints(files: Record<string, string>): string[] {
  const { path: root, remove } = temporaryFolder();
  removals.push(remove);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const linter = new Linter({ cwd: root });
  const config: Linter.Config = {
    files: ["**/*.ts"],
    languageOptions: { parser: tseslint.parser },
    plugins: { house },
    rules: { "house/arrows": "error", "house/circles": "error", "house/terminal": "error" },
  };
  return Object.entries(files).flatMap(([name, text]) =>
    linter.verify(text, config, { filename: join(root, name) }).map(({ message }) => `${name}: ${message}`),
  );
}

describe("the arrows of the house", () => {
  it.each([
    ["a static import", 'import { run } from "../run/run.js"; run();'],
    ["an import of a type", 'import type { Run } from "../run/run.js"; export type R = Run;'],
    ["an inline type", 'export type R = import("../run/run.js").Run;'],
    ["an import()", 'export const load = () => import("../run/run.js");'],
    ["an export from", 'export { run } from "../run/run.js";'],
    ["an export of all", 'export * from "../run/run.js";'],
  ])("don't run backwards through %s", (_, text) => {
    expect(complaints({ "src/store/open.ts": text })).toEqual([
      "src/store/open.ts: 'store' must not import 'run' ('../run/run.js')",
    ]);
  });

  it.each([
    ["src/probe/head.ts", "../store/open.js", "'probe' must not import 'store'"],
    ["src/errors.ts", "./text/numbers.js", "'errors' must not import 'text'"],
    ["src/query/counts.ts", "../check/validate.js", "'query' must not import 'check'"],
    ["src/query/counts.ts", "../run/run.js", "'query' must not import 'run'"],
    ["src/replica/server.ts", "../rows/batch.js", "'replica' must not import 'rows'"],
    ["src/run/run.ts", "../../workers/writer.js", "only src/threads/ may name a worker's file"],
    ["src/threads/writer-protocol.ts", "../run/shards.js", "'threads' must not import 'run'"],
    ["workers/writer.ts", "../src/run/run.js", "'threads' must not import 'run'"],
    ["bench/main.ts", "../src/cli/exit.js", "'bench' must not import 'cli'"],
    ["src/index.ts", "./cli/exit.js", "'door' must not import 'cli'"],
    ["src/run/run.ts", "../index.js", "'run' must not import 'door'"],
    ["src/cli/main.ts", "../../bench/main.js", "'cli' must not import 'bench'"],
    ["src/attic/old.ts", "../run/run.js", "'attic' is not a room of the house"],
  ])("forbid %s to import %s", (file, specifier, message) => {
    expect(complaints({ [file]: `export * from "${specifier}";` })).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ["src/query/counts.ts", 'export * from "../store/open.js";'],
    ["src/query/counts.ts", 'export * from "../vision/symbol.js";'],
    ["src/check/counts.ts", 'export * from "../query/counts.js";'],
    ["src/store/open.ts", 'export * from "./duckdb.js"; export * from "@duckdb/node-api";'],
    ["src/index.ts", 'export * from "./run/run.js"; export * from "./query/counts.js"; export * from "./errors.js";'],
    ["src/cli/commands/bench.ts", 'export const load = () => import("../../../bench/main.js");'],
    ["workers/prober.ts", 'export * from "../src/probe/head.js";'],
    ["bench/main.ts", 'export * from "../src/run/run.js";'],
    ["test/run/run.test.ts", 'export * from "../../src/cli/exit.js";'],
  ])("allow %s", (file, text) => {
    expect(complaints({ [file]: text })).toEqual([]);
  });
});

describe("a worker's file", () => {
  const text = 'export const ENTRY = new URL("../../workers/writer.js", import.meta.url);';

  it("is named by the threads", () => {
    expect(complaints({ "src/threads/writer-thread.ts": text })).toEqual([]);
  });

  it.each(["src/run/run.ts", "src/cli/commands/update.ts", "bench/servers/replica.ts", "workers/prober.ts"])(
    "is not named by %s",
    (file) => {
      const message = `${file}: only src/threads/ may name a worker's file ('../../workers/writer.js')`;
      expect(complaints({ [file]: text })).toEqual([message]);
    },
  );

  it("is not named in a template either", () => {
    expect(complaints({ "src/run/run.ts": "export const entry = (up: string) => `${up}/workers/writer.js`;" })).toEqual(
      [expect.stringContaining("only src/threads/")],
    );
  });
});

describe("a circle between files", () => {
  it("is reported from each of them, including type imports and import()", () => {
    const files = {
      "src/run/a.ts": 'import type { B } from "./b.js"; export type A = B;',
      "src/run/b.ts": 'export const c = () => import("./c.js"); export type B = number;',
      "src/run/c.ts": 'export * from "./a.js";',
      "src/run/d.ts": 'export * from "./a.js";',
    };
    expect(complaints(files)).toEqual(
      ["a → b → c → a", "b → c → a → b", "c → a → b → c"].map((way) => {
        const path = way.replaceAll(/\w/g, "src/run/$&.ts");
        return `${path.split(" ")[0] ?? ""}: files import each other in a cycle: ${path}`;
      }),
    );
  });

  it("can be one file that imports itself", () => {
    expect(complaints({ "src/run/a.ts": 'export * from "./a.js";' })).toEqual([
      "src/run/a.ts: files import each other in a cycle: src/run/a.ts → src/run/a.ts",
    ]);
  });

  it("is not two paths to the same file", () => {
    const files = {
      "src/run/a.ts": 'export * from "./b.js"; export * from "./c.js";',
      "src/run/b.ts": 'export * from "./d.js";',
      "src/run/c.ts": 'export * from "./d.js";',
      "src/run/d.ts": "export const d = 1;",
    };
    expect(complaints(files)).toEqual([]);
  });
});

describe("the terminal", () => {
  it.each([
    ["process.argv.slice(2);", "process.argv"],
    ["process.exit(1);", "process.exit"],
    ["process.exitCode = 1;", "process.exitCode"],
    ['process["stdout"].write("");', "process.stdout"],
    ["process.stderr.write('');", "process.stderr"],
    ["export const { argv } = process;", "process.argv"],
    ["console.error('');", "console"],
    ['import { argv } from "node:process"; argv.pop();', "node:process"],
  ])("belongs to the CLI: %s", (text, what) => {
    expect(complaints({ "src/run/run.ts": text })).toEqual([`src/run/run.ts: only src/cli/ may use ${what}`]);
    expect(complaints({ "src/cli/main.ts": text })).toEqual([]);
  });

  it("does not include the rest of process", () => {
    expect(complaints({ "src/run/run.ts": "process.on('exit', () => {}); process.memoryUsage();" })).toEqual([]);
  });
});

/** How many files of DuckDB's client a process has loaded after it imported a module as `loaded` and ran a script. */
function duckdbFilesAfter(module: string, script = ""): string {
  const url = new URL(`../dist/src/${module}`, import.meta.url).href;
  const whole = `import { createRequire } from "node:module";
    const loaded = await import(${JSON.stringify(url)});
    ${script}
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((name) => name.includes("duckdb")).length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", whole], {
    encoding: "utf8",
  });
  return stderr + stdout;
}

describe("the main thread of a run", () => {
  it.each(["update", "backfill", "sweep", "discover", "volumes"])("of %s doesn't load DuckDB", (run) => {
    expect(duckdbFilesAfter(`run/${run}.js`)).toBe("0\n");
  });
});

describe("the list of commands", () => {
  const registry = "cli/commands/registry.js";

  it("doesn't load DuckDB, unlike the command of a query", () => {
    expect(duckdbFilesAfter(registry, "await loaded.pageFor([]);")).toBe("0\n");
    expect(duckdbFilesAfter(registry, 'await loaded.pageFor(["query", "snapshot"]);')).not.toBe("0\n");
  });
});
