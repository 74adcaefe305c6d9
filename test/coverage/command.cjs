/**
 * Shows which lines of the sources the tests run, in all their processes and threads: `npm run coverage -- test/cli`.
 *
 * Arguments go to vitest: files, by default all. Killed processes, and threads that are terminated from outside, don't
 * report what they ran. The table is printed; `coverage/index.html` has the lines.
 */
const { spawnSync } = require("node:child_process");
const { rmSync } = require("node:fs");
const { dirname, join } = require("node:path");

const root = join(__dirname, "../..");
const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
const c8 = join(dirname(require.resolve("c8/package.json")), "bin/c8.js");

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  return status ?? 1;
}

// The bundles' maps lead back to the sources.
const built = run("npm", ["run", "--silent", "build"], { BFA_BUILD_MAPS: "1" });
if (built !== 0) process.exit(built);

const folder = join(root, "coverage");
rmSync(folder, { recursive: true, force: true });
const reports = ["text", "html", "json-summary"].flatMap((reporter) => ["--reporter", reporter]);
const sources = ["--include", "src/**", "--include", "workers/**", "--exclude", "**/*.d.ts", "--exclude-after-remap"];
const options = [...reports, ...sources, "--src", "src", "--all", "--reports-dir", folder, "--merge-async"];
const tests = [process.execPath, vitest, "run", "--config", "test/coverage/vitest.config.ts", ...process.argv.slice(2)];
process.exitCode = run(process.execPath, [c8, ...options, ...tests]);
