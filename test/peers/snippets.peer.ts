/**
 * The Python and R snippets of README and docs, run after the commands of their page, in order, as one program per page
 * and language. Each needs the packages that it imports; a snippet that lacks one is skipped with a message, after R or
 * Python has at least parsed it. R's duckdb is available only from CRAN: without it, the snippet of
 * docs/how-to/read-elsewhere.md is only parsed. `SNIPPETS_PYTHON` names another Python than `python3`:
 *
 *     python3 -m venv /tmp/frames && /tmp/frames/bin/pip install duckdb pandas polars pyarrow
 *     SNIPPETS_PYTHON=/tmp/frames/bin/python npm run test:peers
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { dayAt, dayOf } from "../../src/calendar/day.js";
import { blocksOf, RUN_PAGES, runScript, scriptOf } from "../support/docs.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { announce, versionOf } from "./programs.js";

/** How a language's snippets are parsed and run, and which packages they import. */
interface Language {
  name: string;
  program: string;
  version: string | undefined;
  parse: (file: string) => string[];
  packages: (text: string) => string[];
  has: (name: string) => string[];
}

const PYTHON = process.env["SNIPPETS_PYTHON"] ?? "python3";

const LANGUAGES: readonly Language[] = [
  {
    name: "python",
    program: PYTHON,
    version: versionOf(PYTHON, ["--version"]),
    parse: (file) => ["-c", `import ast; ast.parse(open(${JSON.stringify(file)}).read())`],
    packages: (text) => [...text.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name = ""]) => name),
    has: (name) => ["-c", `import ${name}`],
  },
  {
    name: "r",
    program: "Rscript",
    version: versionOf("Rscript", ["--version"]),
    parse: (file) => ["-e", `invisible(parse(${JSON.stringify(file)}))`],
    packages: (text) => [...text.matchAll(/library\((\w+)\)|\b(\w+)::/g)].map(([, name, other]) => name ?? other ?? ""),
    has: (name) => ["-e", `library(${name})`],
  },
];
for (const { name, version } of LANGUAGES) announce(name, version);

const { source } = syntheticWorld({ seed: 1, symbols: 20, from: dayOf("2023-11-01"), through: dayAt(Date.now()) - 1 });
const it = replicaTest({ history: source }).extend("env", ({ env, replica }) => ({
  ...env,
  BFA_CONTRACTS_URL: replica.contractsUrl,
}));

const run = (program: string, args: string[], cwd?: string) => spawnSync(program, args, { encoding: "utf8", cwd });

describe.each(LANGUAGES)("the snippets in $name", (language) => {
  const pages = RUN_PAGES.filter((page) => blocksOf(page, language.name).length > 0);

  it("are found", () => {
    expect(pages.length).toBeGreaterThan(0);
  });

  it.skipIf(language.version === undefined).for(pages)(
    "of %s run after the commands of their page",
    { timeout: 300_000 },
    async (page, { folder, env }) => {
      const { code, stderr } = await runScript(scriptOf(page), folder, {
        ...env,
        BFA_DB: join(folder, "availability.duckdb"),
      });
      expect(code, stderr).toBe(0);
      for (const [at, text] of blocksOf(page, language.name).entries()) {
        const file = join(folder, `snippet-${at}`);
        writeFileSync(file, text);
        const parsed = run(language.program, language.parse(file));
        expect(parsed.status, parsed.stderr).toBe(0);
        const lacking = language.packages(text).find((name) => run(language.program, language.has(name)).status !== 0);
        if (lacking !== undefined) {
          announce(`snippet ${at + 1} in ${language.name} of ${page}: ${lacking}`, undefined);
          continue;
        }
        const ended = run(language.program, [file], folder);
        expect(ended.status, ended.stderr).toBe(0);
      }
    },
  );
});
