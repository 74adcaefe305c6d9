/**
 * Runs the suite repeatedly on an overloaded machine: `npm run test:load -- --times 3 test/hostile`.
 *
 *     --times N     runs (10), each in a different order and on another date
 *     --date DATE   the date of each run; other dates than today's need faketime (the Debian package)
 *     --cpus N      processes that each use a whole core (4): stress-ng if it is installed, otherwise Node
 *
 * Other arguments go to vitest: files, by default all. Afterwards a command is run against a server that stalls.
 */
const { spawn, spawnSync } = require("node:child_process");
const { join } = require("node:path");
const { parseArgs } = require("node:util");

const { values, positionals } = parseArgs({
  options: {
    times: { type: "string", default: "10" },
    date: { type: "string" },
    cpus: { type: "string", default: "4" },
  },
  allowPositionals: true,
});
const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
const DAY_MS = 86_400_000;

/** Dates of the runs: ends and beginnings of months and years, leap years, each day of the week. */
const DATES = [
  ...["2027-01-01", "2028-02-29", "2027-03-01", "2026-12-31", "2027-02-28"],
  ...["2028-03-01", "2027-10-31", "2027-11-01", "2027-07-07", "2029-09-13"],
];

function isInstalled(command) {
  return spawnSync(command, ["--version"]).status === 0;
}

/** The dates of the runs, in turn. */
function datesOf(date) {
  if (date !== undefined && !/^\d{4}-\d\d-\d\d$/.test(date)) {
    process.stderr.write(`test:load: --date: ${JSON.stringify(date)} is not a date like 2027-01-01\n`);
    process.exit(2);
  }
  if (isInstalled("faketime")) return date === undefined ? DATES : [date];
  process.stdout.write("test:load: faketime is not installed, so each run has today's date\n");
  return [new Date().toISOString().slice(0, 10)];
}

/** Starts the processes that keep the cores busy. */
function burn(cpus) {
  if (isInstalled("stress-ng")) return [spawn("stress-ng", ["--cpu", String(cpus)], { stdio: "ignore" })];
  process.stdout.write("test:load: stress-ng is not installed, so Node keeps the cores busy instead\n");
  return Array.from({ length: cpus }, () => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
}

function run(config, args, days = 0) {
  const all = [process.execPath, vitest, "run", "--config", require.resolve(config), ...args];
  // Timers need the real monotonic clock.
  const [command, ...rest] =
    days === 0 ? all : ["faketime", "--exclude-monotonic", "-f", `${days > 0 ? "+" : ""}${days}d`, ...all];
  return spawnSync(command, rest, { stdio: "inherit" }).status === 0;
}

const dates = datesOf(values.date);
const burners = burn(Number(values.cpus));
process.on("exit", () => {
  for (const burner of burners) burner.kill();
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const failed = [];
for (let time = 1; time <= Number(values.times); time++) {
  const seed = String(Date.now());
  const date = dates[(time - 1) % dates.length];
  process.stdout.write(`test:load: run ${time} of ${values.times}, order ${seed}, date ${date}\n`);
  const days = Math.floor(Date.parse(date) / DAY_MS) - Math.floor(Date.now() / DAY_MS);
  const isGreen = run("../vitest.config.ts", ["--sequence.shuffle", `--sequence.seed=${seed}`, ...positionals], days);
  if (!isGreen) failed.push(`run ${time}, --sequence.shuffle --sequence.seed=${seed}, ${date}`);
}
if (!run("./vitest.config.ts", [])) failed.push("the server that stands still");
for (const what of failed) process.stdout.write(`test:load: failed: ${what}\n`);
// The burners would keep this process alive.
process.exit(failed.length > 0 ? 1 : 0);
