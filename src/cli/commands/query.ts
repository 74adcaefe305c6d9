import type { CommandModule } from "yargs";
import { QUERIES, QUERY_NAMES, type AnyQuery, type QueryName } from "../../query/registry.js";
import { answerOptions } from "../args/answer-options.js";
import { asTyped, optionOf, positionalOf } from "../args/argument-options.js";
import type { OptionDefinition } from "../args/command-page.js";
import { commandLine, optionName } from "../args/query-arguments.js";
import { dbOption } from "../args/db-path.js";
import type { QueryArguments } from "./answer-query.js";
import type { CommandBody } from "./command-body.js";

/**
 * `bfa query`, with a command for each query in the registry.
 *
 * @param word the word after `query`: only the query that it names is loaded, or all if it names none
 */
export async function queryCommand(word: string | undefined): Promise<CommandBody<object>> {
  const named = await loadQuery(word);
  const commands = named === undefined ? await Promise.all(QUERY_NAMES.map(commandOf)) : [named];
  return {
    builder: (yargs) => {
      for (const command of commands) yargs.command(command);
      return yargs
        .demandCommand(1)
        .example("$0 query snapshot 2024-03-01", "which symbols had data on a day")
        .example("$0 query timeline BTCUSDT", "the lives and holes of a symbol")
        .epilogue("A day that is not in the database is an error, never an empty answer.");
    },
    handler: () => undefined,
  };
}

/** The command of the query that a word names; undefined when it names none. */
export async function loadQuery(word: string | undefined): Promise<CommandModule | undefined> {
  const name = QUERY_NAMES.find((name) => name === word);
  return name === undefined ? undefined : await commandOf(name);
}

async function commandOf(name: QueryName): Promise<CommandModule> {
  const query: AnyQuery = (await QUERIES[name]()).default;
  const args = Object.entries(query.args);
  const positions = args
    .filter(([, { positional }]) => positional)
    .map(([key, { presence }]) => (presence === "required" ? ` <${optionName(key)}>` : ` [${optionName(key)}]`));
  const command: CommandModule<object, QueryArguments> = {
    command: `${name}${positions.join("")}`,
    describe: query.summary,
    builder: (yargs) => {
      for (const [key, argument] of args) {
        if (argument.positional) yargs.positional(optionName(key), positionalOf(argument));
        else yargs.option(optionName(key), optionOf(argument));
      }
      for (const { args, about } of query.examples) yargs.example(commandLine(query, args).replace("bfa", "$0"), about);
      if (query.notes !== undefined) yargs.epilogue(query.notes);
      if (query.reads === "store" && query.rowsOnRequest === true) yargs.option("rows", rowsOption);
      return yargs.options({ ...answerOptions, db: dbOption() });
    },
    handler: async (given) => {
      try {
        const { answerQuery } = await import("./answer-query.js");
        await answerQuery(query, given);
      } catch (error) {
        throw asTyped(query.args, error);
      }
    },
  };
  // Each command types its own arguments.
  return command as unknown as CommandModule;
}

const rowsOption = { describe: "show the rows in a table too", boolean: true } as const satisfies OptionDefinition;
