/**
 * Runs the model: `npm run model -- --seeds 1000`.
 *
 *   --seeds N      seeds to run (24)           --from S      first seed (1)
 *   --seconds T    stop after this time        --failures F  stop after this many failing seeds (1)
 *   --shrink       shorten failing sequences
 *   --reference    run the product in memory, to find errors of the model itself
 *   --mutants      run the model on each mutant of the built product instead
 */
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");
const { parseArgs } = require("node:util");

const text = { type: "string" };
const flag = { type: "boolean" };
const { values } = parseArgs({
  options: { seeds: text, from: text, seconds: text, failures: text, reference: flag, mutants: flag, shrink: flag },
});
const env = { ...process.env };
if (values.seconds !== undefined) env["BFA_MODEL_SECONDS"] = values.seconds;
env["BFA_MODEL_SEEDS"] = values.seeds ?? "24";
if (values.from !== undefined) env["BFA_MODEL_FROM"] = values.from;
if (values.failures !== undefined) env["BFA_MODEL_FAILURES"] = values.failures;
if (values.shrink === true) env["BFA_MODEL_SHRINK"] = "1";
if (values.reference === true) env["BFA_MODEL_PRODUCT"] = "reference";

const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
const file = values.mutants === true ? "mutants.long" : "model.test";
const args = [vitest, "run", "--config", require.resolve("./vitest.config.ts"), file];
process.exitCode = spawnSync(process.execPath, args, { env, stdio: "inherit" }).status ?? 1;
