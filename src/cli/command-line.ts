import { UsageError } from "../errors.js";
import { VERSION } from "../text/version.js";
import { tell } from "./output/line.js";
import { readRequest } from "./args/request.js";
import { describeError, EXIT, exitCodeOf } from "./exit.js";
import { paintFor, takeColourChoice } from "./output/colour.js";

/** Columns of the help where the terminal doesn't say, and at most. */
const HELP_COLUMNS = { default: 100, max: 120 };

/** Parses the arguments and runs the command; errors become one line on stderr and an exit code. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    tell(`the output can't be written: ${error.message}`);
    process.exit(EXIT.failed);
  });
  // The work goes on when nobody reads the notices any more.
  process.stderr.on("error", () => undefined);
  try {
    await run(takeColourChoice(args));
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** Each way loads only what it needs: the version nothing, the help no parser. */
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
  const columns = process.stdout.isTTY ? Math.min(HELP_COLUMNS.max, process.stdout.columns) : HELP_COLUMNS.default;
  process.stdout.write(`${helpText(page, columns, paintFor(process.stdout))}\n`);
}

/** Has yargs read the arguments and run the command. What is wrong with them is said in our own words. */
async function parse(args: readonly string[]): Promise<void> {
  const [{ default: yargs }, { loadCommand, isGroup }] = await Promise.all([
    import("yargs"),
    import("./commands/registry.js"),
  ]);
  const command = await loadCommand(args);
  if (command === undefined) throw await usageError(args);
  if (isGroup(args)) {
    await help(args);
    return;
  }
  const parser = yargs([...args])
    .scriptName("bfa")
    .help(false)
    .version(false)
    // Messages in the language of the user's locale would be mixed with ours.
    .detectLocale(false)
    .strict()
    .strictCommands()
    .parserConfiguration({ "parse-numbers": false, "parse-positional-numbers": false, "camel-case-expansion": false })
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      // What yargs itself has to say comes without an error, or with one of its own.
      const isOurs = error !== undefined && error.name !== "YError";
      throw isOurs ? error : new Misread(error?.message ?? message ?? "wrong usage", { cause: error });
    })
    .command(command);
  try {
    await parser.parseAsync();
  } catch (error) {
    throw error instanceof Misread ? await usageError(args, error) : error;
  }
}

/** Arguments that yargs can't read. */
class Misread extends Error {}

/** What is wrong with the arguments, by the commands' definitions; else as yargs says it, in one line. */
async function usageError(args: readonly string[], cause?: Error): Promise<UsageError> {
  const [{ pageFor }, { misuse }] = await Promise.all([import("./commands/registry.js"), import("./args/misuse.js")]);
  const said = cause?.message.replace(/\s*\n\s*/g, " ") ?? "wrong usage";
  return new UsageError(misuse(await pageFor(args), args) ?? said, { cause });
}
