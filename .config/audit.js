/**
 * `npm run audit`: checks licences, install scripts and hashes in the lockfile, and the contents of the packed package.
 * Needs a build. Exits with 1 when something is wrong.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lockFindings, packFindings } from "./audit-rules.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const lock = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"));
const packed = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" });
if (packed.status !== 0) throw new Error(packed.stderr);
const files = JSON.parse(packed.stdout)[0].files.map(({ path }) => path);
const findings = [...lockFindings(lock), ...packFindings(files)];
for (const finding of findings) process.stdout.write(`${finding}\n`);
process.stdout.write(
  `${Object.keys(lock.packages).length - 1} packages, ${files.length} files packed: ${findings.length} findings\n`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
