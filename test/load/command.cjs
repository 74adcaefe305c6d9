/**
 * Runs the suite repeatedly on an overloaded machine: `npm run test:load -- --times 3 test/hostile`.
 *
 *     --times N   runs (10), each in a different order
 *     --cpus N    processes that each use a whole core (4): stress-ng if it is installed, otherwise Node
 *
 * Other arguments go to vitest: files, by default all. Afterwards a command is run against a server that stalls.
 */
const { spawn, spawnSync } = require("node:child_process");
const { join } = require("node:path");
const { parseArgs } = require("node:util");

const { values, positionals } = parseArgs({
  options: { times: { type: "string", default: "10" }, cpus: { type: "string", default: "4" } },
  allowPositionals: true,
});
const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");

/** Starts the processes that keep the cores busy. */
function burn(cpus) {
  const hasStress = spawnSync("stress-ng", ["--version"]).status === 0;
  if (hasStress) return [spawn("stress-ng", ["--cpu", String(cpus)], { stdio: "ignore" })];
  process.stdout.write("test:load: stress-ng is not installed, so Node keeps the cores busy instead\n");
  return Array.from({ length: cpus }, () => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
}

function run(config, args) {
  const all = [vitest, "run", "--config", require.resolve(config), ...args];
  return spawnSync(process.execPath, all, { stdio: "inherit" }).status === 0;
}

const burners = burn(Number(values.cpus));
process.on("exit", () => {
  for (const burner of burners) burner.kill();
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const failed = [];
for (let time = 1; time <= Number(values.times); time++) {
  const seed = String(Date.now());
  process.stdout.write(`test:load: run ${time} of ${values.times}, order ${seed}\n`);
  const isGreen = run("../vitest.config.ts", ["--sequence.shuffle", `--sequence.seed=${seed}`, ...positionals]);
  if (!isGreen) failed.push(`run ${time}, --sequence.shuffle --sequence.seed=${seed}`);
}
if (!run("./vitest.config.ts", [])) failed.push("the server that stands still");
for (const what of failed) process.stdout.write(`test:load: failed: ${what}\n`);
// The burners would keep this process alive.
process.exit(failed.length > 0 ? 1 : 0);
