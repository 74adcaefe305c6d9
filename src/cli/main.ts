#!/usr/bin/env node
import { createRequire } from "node:module";
import yargs, { type CommandModule } from "yargs";
import { hideBin } from "yargs/helpers";
import { UsageError } from "../errors.js";
import { describeError, EXIT, exitCodeOf } from "./exit.js";
import backfillCommand from "./backfill.js";
import benchCommand from "./bench.js";
import demoCommand from "./demo.js";
import discoverCommand from "./discover.js";
import exportCommand from "./export.js";
import importCommand from "./import.js";
import queryCommand from "./query.js";
import replicaCommand from "./replica.js";
import statusCommand from "./status.js";
import updateCommand from "./update.js";
import validateCommand from "./validate.js";

// Each command types its own arguments; here only their order matters.
const COMMANDS = [
  updateCommand,
  backfillCommand,
  discoverCommand,
  queryCommand,
  exportCommand,
  importCommand,
  statusCommand,
  validateCommand,
  demoCommand,
  replicaCommand,
  benchCommand,
] as unknown as readonly CommandModule[];

const EPILOGUE = `Exit codes: 0 all whole; 1 something failed; 2 wrong usage; 3 the database can't be used; 130 interrupted.
Dates are UTC. Results go to stdout, progress and notices to stderr.`;

/** Parses the arguments and runs the command; errors become one line and an exit code. */
async function main(): Promise<void> {
  const parser = yargs(hideBin(process.argv))
    .scriptName("bfa")
    .version(ownVersion())
    .usage("$0 <command>\n\nWhich Binance USDⓈ-M perpetual futures had data on Binance Vision on a given day.")
    .strict()
    .strictCommands()
    .demandCommand(1, "which command? bfa --help lists them")
    .parserConfiguration({ "parse-numbers": false, "parse-positional-numbers": false, "camel-case-expansion": false })
    .wrap(Math.min(120, process.stdout.isTTY ? process.stdout.columns : 100))
    .epilogue(EPILOGUE)
    .alias({ h: "help" })
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? usageError(message ?? "wrong usage");
    });
  for (const command of COMMANDS) parser.command(command);
  await parser.parseAsync();
}

/** Version of this package; yargs by itself takes that of the folder where the command was typed. */
function ownVersion(): string {
  const { version } = createRequire(import.meta.url)("binance-futures-availability/package.json") as {
    version: string;
  };
  return version;
}

/** yargs throws its own class for wrong usage, also around what a `coerce` threw. */
function withoutYargs(error: unknown): unknown {
  return error instanceof Error && error.name === "YError" ? usageError(error.message, error) : error;
}

/** Wrong usage in one line; yargs spreads some of its messages over several. */
function usageError(message: string, cause?: Error): UsageError {
  return new UsageError(message.replace(/\s*\n\s*/g, " "), { cause });
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  process.stderr.write(`bfa: the output can't be written: ${error.message}\n`);
  process.exit(EXIT.failed);
});
// The work goes on when nobody reads the notices any more.
process.stderr.on("error", () => undefined);

try {
  await main();
} catch (thrown) {
  const error = withoutYargs(thrown);
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
