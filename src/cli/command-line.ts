import { UsageError } from "../errors.js";
import { VERSION } from "../text/version.js";
import { tell } from "./output/line.js";
import { withOwnDatabase } from "./args/own-database.js";
import { LITERAL, placeAsOption, placesOf, readLiteralWords, withLiteralWords } from "./args/places.js";
import { readRequest } from "./args/request.js";
import { describeError, exitCodeOf, exitCodeOfStdout } from "./exit.js";
import { paintFor, takeColourChoice } from "./output/colour.js";
import { terminalWidth } from "./output/terminal-width.js";

/** Width of the help: when the terminal's is unknown, and the maximum. */
const HELP_COLUMNS = { default: 100, max: 120 };

/** Parses the arguments and runs the command; errors become one line on stderr and an exit code. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // A reader that stops early (`| head`) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    tell(`the output can't be written: ${error.message}`);
    process.exit(exitCodeOfStdout(error));
  });
  // The work continues even when nobody reads the notices any more.
  process.stderr.on("error", () => undefined);
  try {
    await run(takeColourChoice(args));
  } catch (error) {
    process.stderr.write(`${withOwnDatabase(describeError(error), args)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** Loads only what is needed: nothing for the version, no parser for help. */
async function run(args: readonly string[]): Promise<void> {
  const request = readRequest(args);
  switch (request.kind) {
    case "version":
      process.stdout.write(`${VERSION}\n`);
      break;
    case "help":
      await help(request.words);
      break;
    case "command":
      await parse(args);
      break;
  }
}

async function help(words: readonly string[]): Promise<void> {
  const [{ pageFor }, { pageAt }, { helpText }] = await Promise.all([
    import("./commands/registry.js"),
    import("./args/command-page.js"),
    import("./output/help.js"),
  ]);
  const { page, left } = pageAt(await pageFor(words), words);
  if (page.commands.length > 0 && left.length > 0) throw await usageError(words);
  const columns = Math.min(HELP_COLUMNS.max, terminalWidth(process.stdout) ?? HELP_COLUMNS.default);
  process.stdout.write(`${helpText(page, columns, paintFor(process.stdout))}\n`);
}

/** Parses the arguments with yargs and runs the command, but reports usage errors with our own messages. */
async function parse(args: readonly string[]): Promise<void> {
  const [{ default: yargs }, { loadNamed, isGroup }] = await Promise.all([
    import("yargs"),
    import("./commands/registry.js"),
  ]);
  const named = await loadNamed(args);
  if (named === undefined) throw await usageError(args);
  if (args.some((arg) => /^--[^=]+=/.test(arg))) await refuseFlagValue(args);
  if (isGroup(args)) {
    await help(args);
    return;
  }
  const { command, wordCount } = named;
  const places = placesOf(command);
  if (placeAsOption(places, args)) throw await usageError(args);
  const parser = yargs(withLiteralWords(args.slice(wordCount)))
    .scriptName("bfa")
    .help(false)
    .version(false)
    // Localized messages would be mixed with ours.
    .detectLocale(false)
    .strict()
    .strictCommands()
    .parserConfiguration({ "parse-numbers": false, "parse-positional-numbers": false, "camel-case-expansion": false })
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      // yargs reports its own failures without an error, or with a YError.
      const isOurs = error !== undefined && error.name !== "YError";
      throw isOurs ? error : new Misread(error?.message ?? message ?? "wrong usage", { cause: error });
    })
    .option(LITERAL, { boolean: true, hidden: true })
    // Before the readers of the values, which the command adds.
    .middleware((given) => {
      readLiteralWords(given, places);
    }, true)
    // As the default command: yargs composes the help of any other one that it runs, which takes 8 ms.
    .command({ ...command, command: String(command.command).replace(/^\S+/, "$0") });
  try {
    await parser.parseAsync();
  } catch (error) {
    throw error instanceof Misread ? await usageError(args, error) : error;
  }
}

/** yargs can't parse the arguments. */
class Misread extends Error {}

/** Explains the wrong arguments from the command definitions; if those don't help, with yargs's own message in one line. */
async function usageError(args: readonly string[], cause?: Error): Promise<UsageError> {
  const [{ allCommands, loadCommand, pageFor }, { misuse }] = await loadMisuse();
  const own = cause?.message.replaceAll(LITERAL, "").replace(/\s*\n\s*/g, " ") ?? "wrong usage";
  // An unknown command may be the name of a subcommand: `bfa snapshot`.
  const page = (await loadCommand(args)) === undefined ? await allCommands() : await pageFor(args);
  return new UsageError(misuse(page, args) ?? own, { cause });
}

async function refuseFlagValue(args: readonly string[]): Promise<void> {
  const [{ pageFor }, { flagMisuse }] = await loadMisuse();
  const wrong = flagMisuse(await pageFor(args), args);
  if (wrong !== undefined) throw new UsageError(wrong);
}

async function loadMisuse() {
  return await Promise.all([import("./commands/registry.js"), import("./args/misuse.js")]);
}
