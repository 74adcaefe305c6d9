import type { CommandModule } from "yargs";
import { readArguments, type Argument, type Arguments, type ValuesOf } from "../../query/arguments.js";
import type { CONDITION_FACTS } from "../../query/basis.js";
import type { FactsOf } from "../../query/facts.js";
import { ask } from "../../query/ask.js";
import { underlyingLines } from "../../query/underlying.js";
import { QUERIES, QUERY_NAMES, type AnyQuery, type QueryName } from "../../query/registry.js";
import type { SENSE_FACTS } from "../../query/sense.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { asTyped, optionOf, positionalOf, valueOf } from "../args/argument-options.js";
import type { OptionDefinition } from "../args/command-page.js";
import { commandLine, optionName } from "../args/query-arguments.js";
import { dbOption } from "../args/db-path.js";
import { readStdin } from "../args/stdin.js";
import { withReader } from "../with-reader.js";
import { conditionLines } from "../output/conditions.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { senseLines } from "../output/sense.js";

type SenseFacts = FactsOf<typeof SENSE_FACTS>;

interface QueryArguments extends AnswerChoice {
  db: string;
  rows?: boolean;
  [option: string]: unknown;
}

/**
 * `bfa query`, with a command for each query in the registry.
 *
 * @param word the word after `query`: only the query that it names is loaded, or all if it names none
 */
export async function queryCommand(word: string | undefined): Promise<CommandModule> {
  const named = await loadQuery(word);
  return queryGroup(named === undefined ? await Promise.all(QUERY_NAMES.map(commandOf)) : [named]);
}

/** The command of the query that a word names; undefined when it names none. */
export async function loadQuery(word: string | undefined): Promise<CommandModule | undefined> {
  const name = QUERY_NAMES.find((name) => name === word);
  return name === undefined ? undefined : await commandOf(name);
}

/**
 * `bfa query` with some of its subcommands. Without any, it serves the list of all commands, which should not load the
 * queries, because they load DuckDB.
 */
export function queryGroup(commands: readonly CommandModule[]): CommandModule {
  return {
    command: "query",
    describe: "Query the database: which symbols had data, when, and how certain that is",
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
        await answer(query, given);
      } catch (error) {
        throw asTyped(query.args, error);
      }
    },
  };
  // Each command types its own arguments.
  return command as unknown as CommandModule;
}

const rowsOption = { describe: "show the rows in a table too", boolean: true } as const satisfies OptionDefinition;

async function answer(query: AnyQuery, given: QueryArguments): Promise<void> {
  const { db, format, json, wide, out } = given;
  const choice = { format, json, wide, out };
  const args = Object.entries(query.args).map(([key, argument]): [string, unknown] => [
    key,
    valueOf(argument, typed(argument, given[optionName(key)])),
  ]);
  const values = readArguments(query.args, Object.fromEntries(args));
  planPrinting(choice);
  if (query.reads === "store") {
    const { facts, columns, rows } = await withReader(db, (store) => ask(query, store, values));
    // Every query of the store has these facts.
    for (const line of conditionLines(facts as FactsOf<typeof CONDITION_FACTS>)) tell(line);
    for (const line of underlyingLines(facts)) tell(line);
    // Queries with a sense have all of its facts.
    if ("sense" in facts) for (const line of senseLines(facts as SenseFacts, values["filed"] === true)) tell(line);
    const headingOnly = query.rowsOnRequest === true && given.rows !== true;
    const heading = query.heading?.(facts);
    await printAnswer({ facts, rowsName: "rows", columns, rows: [rows], heading, headingOnly }, choice);
    const isForPeople = json !== true && (format === undefined || format === "table") && out === undefined;
    if (rows.length === 0 && isForPeople) {
      tell(`no rows: ${query.empty ?? "nothing in the database matches"}`);
    }
    return;
  }
  const streamed = await query.run(db, await withStdin(query.args, values));
  try {
    await printAnswer(streamed, choice);
  } finally {
    await streamed.close();
  }
}

/** A value as typed: yargs turns `-` into an empty string. */
function typed({ fromStdin }: Argument, value: unknown): unknown {
  return fromStdin === true && value === "" && process.argv.includes("-") ? "-" : value;
}

/** Replaces `-` by the text of stdin in arguments that may come from it. */
async function withStdin(args: Arguments, values: ValuesOf<Arguments>): Promise<ValuesOf<Arguments>> {
  const fromStdin = Object.keys(args).find((key) => args[key]?.fromStdin === true && values[key] === "-");
  return fromStdin === undefined ? values : { ...values, [fromStdin]: await readStdin() };
}
