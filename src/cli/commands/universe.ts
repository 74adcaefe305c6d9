import type { Argv } from "yargs";
import type { Argument } from "../../query/arguments.js";
import type universeOver from "../../query/universe-over.js";
import { answerOptions } from "../args/answer-options.js";
import { asTyped, optionOf } from "../args/argument-options.js";
import type { OptionDefinition } from "../args/command-page.js";
import { dbOption } from "../args/db-path.js";
import { commandLine, optionName } from "../args/query-arguments.js";
import { filePath, jsonFile } from "../args/readers.js";
import type { UniverseArguments } from "./answer-universe.js";
import type { CommandBody } from "./command-body.js";

/** `bfa universe` */
export async function universeCommand(): Promise<CommandBody<UniverseArguments>> {
  const { default: query } = await import("../../query/universe-over.js");
  return {
    builder: (yargs) => {
      addOptions(query, yargs);
      // The options match those that the handler reads.
      return yargs as Argv<UniverseArguments>;
    },
    handler: async (given) => {
      try {
        const { answerUniverse } = await import("./answer-universe.js");
        await answerUniverse(query, given);
      } catch (error) {
        throw asTyped(query.args, error);
      }
    },
  };
}

function addOptions(query: typeof universeOver, yargs: Argv): void {
  for (const [name, argument] of Object.entries<Argument>(query.args)) {
    yargs.option(optionName(name), replaceableOption(argument));
  }
  yargs.options({
    matrix: {
      describe: "one row per day and one column per symbol, with its rank, or 1 without --by",
      boolean: true,
      default: false,
    },
    definition: {
      describe: "JSON file with a definition; other options override it",
      string: true,
      requiresArg: true,
      coerce: jsonFile("definition"),
    },
    "definition-out": {
      describe: "file to write the definition to",
      string: true,
      requiresArg: true,
      coerce: filePath("definition-out"),
    },
    ...answerOptions,
    db: dbOption(),
  });
  for (const { args, about } of query.examples) yargs.example(commandLine(query, args, "$0 universe"), about);
  yargs.example("$0 universe --definition universe.json --to 2024-06-30", "the same definition, over a longer time");
  if (query.notes !== undefined) yargs.epilogue(query.notes);
}

/** An option that a definition can replace: it is never required, and has no default that would count as given. */
function replaceableOption(argument: Argument): OptionDefinition {
  const option = optionOf({ ...argument, presence: "optional" });
  const showsDefault = argument.presence === "default" && argument.kind !== "flag" && argument.kind !== "tolerance";
  return showsDefault ? { ...option, defaultDescription: String(argument.default) } : option;
}
