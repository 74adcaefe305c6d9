import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { runToEnd, type InstalledPackage } from "../support/installed.js";
import { COMMON_JS, ES_MODULE, PROGRAM_PRINTS } from "../support/user-program.js";

/** Runs an installed package with some version of Node: import, `require`, a query of what they wrote, and the demo. */
export async function expectToWork(installed: InstalledPackage, node: string): Promise<void> {
  const run = (...args: string[]) => runToEnd(node, args, installed.folder);
  for (const database of ["imported.duckdb", "required.duckdb"])
    rmSync(join(installed.folder, database), { force: true });
  installed.write("program.mjs", ES_MODULE);
  expect(await run("program.mjs")).toEqual({ code: 0, output: PROGRAM_PRINTS });
  installed.write("program.cjs", COMMON_JS);
  expect(await run("--no-warnings", "program.cjs")).toEqual({ code: 0, output: PROGRAM_PRINTS });

  const { bin } = JSON.parse(readFileSync(join(installed.package, "package.json"), "utf8")) as { bin: { bfa: string } };
  const command = join(installed.package, bin.bfa);
  const query = ["query", "snapshot", "2024-03-01", "--db", "imported.duckdb", "--format", "csv"];
  const answer = await run(command, ...query);
  expect(answer).toMatchObject({ code: 0 });
  expect(answer.output).toMatch(/^symbol,.*\r?\nBTCUSDT,/);
  const demo = await run(command, "demo");
  expect(demo.output).toContain("327 symbols");
  expect(demo.code).toBe(0);
}
