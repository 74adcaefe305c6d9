/**
 * Checks the files of this folder with the tools for their formats, skipping tools that are not installed:
 * `npm run check:deploy`. Exits with 1 if a check fails.
 */
const { spawnSync } = require("node:child_process");
const { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const file = (path) => join(__dirname, path);
const scratch = mkdtempSync(join(tmpdir(), "bfa-deploy-"));

/** Copies of the units with a command that exists, because the check requires the executable to be there. */
function unitsToVerify() {
  cpSync(file("systemd"), scratch, { recursive: true });
  const service = join(scratch, "bfa-update.service");
  writeFileSync(service, readFileSync(service, "utf8").replace("/usr/local/bin/bfa", process.execPath));
  return [service, join(scratch, "bfa-update.timer")];
}

/** The checks, each with a command that shows whether its tool is installed. */
const CHECKS = [
  [
    ["systemd-analyze", "--version"],
    ["systemd-analyze", "verify", "--man=no", ...unitsToVerify()],
  ],
  [
    ["actionlint", "--version"],
    ["actionlint", file("github-actions/update-index.yml"), file("github-actions/publish-index.yml")],
  ],
  [
    ["hadolint", "--version"],
    ["hadolint", file("Dockerfile")],
  ],
  [
    ["docker", "compose", "version"],
    ["docker", "compose", "--file", file("compose.yaml"), "config", "--quiet"],
  ],
  [
    ["kubernetes-validate", "--version"],
    ["kubernetes-validate", "--strict", file("kubernetes/cronjob.yaml")],
  ],
];

const say = (line) => process.stdout.write(`${line}\n`);
const run = ([tool, ...args]) => spawnSync(tool, args, { encoding: "utf8" });

for (const [probe, command] of CHECKS) {
  const name = command.slice(0, 2).join(" ").replace(__dirname, "deploy");
  if (run(probe).status !== 0) {
    say(`${name}: not installed, left out`);
    continue;
  }
  const { status, stdout, stderr } = run(command);
  if (status !== 0) process.exitCode = 1;
  say(`${name}: ${status === 0 ? "no complaint" : `exit code ${status}\n${stdout}${stderr}`}`);
}
rmSync(scratch, { recursive: true });
