import yargs, { type CommandModule } from "yargs";
import { UsageError } from "../errors.js";
import { VERSION } from "../text/version.js";
import { describeError, EXIT, exitCodeOf } from "./exit.js";

/** Commands in the order of the help. Each is loaded when it is needed: all of them take 25 ms. */
const COMMANDS = {
  update: () => import("./commands/update.js"),
  backfill: () => import("./commands/backfill.js"),
  sweep: () => import("./commands/sweep.js"),
  discover: () => import("./commands/discover.js"),
  query: async (asked: string | undefined, isNamed: boolean) => {
    const { queryCommand, queryGroup } = await import("./commands/query.js");
    return { default: isNamed ? await queryCommand(asked) : queryGroup([]) };
  },
  export: () => import("./commands/export.js"),
  import: () => import("./commands/import.js"),
  publish: () => import("./commands/publish.js"),
  pull: () => import("./commands/pull.js"),
  compare: () => import("./commands/compare.js"),
  status: () => import("./commands/status.js"),
  validate: () => import("./commands/validate.js"),
  demo: () => import("./commands/demo.js"),
  replica: () => import("./commands/replica.js"),
  bench: () => import("./commands/bench.js"),
} as const;

const EPILOGUE = `Exit codes: 0 all whole; 1 something failed; 2 wrong usage; 3 the database or publication can't be used; 4 the answer is not known; 130 interrupted.
Dates are UTC. Results go to stdout, progress and notices to stderr.`;

/** Parses the arguments and runs the command; errors become one line on stderr and an exit code. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`bfa: the output can't be written: ${error.message}\n`);
    process.exit(EXIT.failed);
  });
  // The work goes on when nobody reads the notices any more.
  process.stderr.on("error", () => undefined);
  try {
    await parse(args);
  } catch (thrown) {
    const error = withoutYargs(thrown);
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

async function parse(args: readonly string[]): Promise<void> {
  const parser = yargs([...args])
    .scriptName("bfa")
    // yargs by itself takes that of the folder where the command was typed.
    .version(VERSION)
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
  for (const command of await commandsFor(args)) parser.command(command);
  await parser.parseAsync();
}

/**
 * The command that the arguments begin with, none for `--version`, all when they don't begin with one, for the help and
 * its complaints.
 */
async function commandsFor([first = "", second]: readonly string[]): Promise<CommandModule[]> {
  if (first === "--version") return [];
  const named = Object.entries(COMMANDS).filter(([name]) => name === first);
  const loaded = await Promise.all(
    (named.length > 0 ? named : Object.entries(COMMANDS)).map(([, load]) => load(second, named.length > 0)),
  );
  // Each command types its own arguments.
  return loaded.map((module) => module.default as unknown as CommandModule);
}

/** yargs throws its own class for wrong usage, also around what a `coerce` threw. */
function withoutYargs(error: unknown): unknown {
  return error instanceof Error && error.name === "YError" ? usageError(error.message, error) : error;
}

/** Wrong usage in one line; yargs spreads some of its messages over several. */
function usageError(message: string, cause?: Error): UsageError {
  return new UsageError(message.replace(/\s*\n\s*/g, " "), { cause });
}
