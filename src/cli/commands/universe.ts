import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../../errors.js";
import { ask } from "../../query/ask.js";
import { readArguments, type Argument } from "../../query/arguments.js";
import type universeOver from "../../query/universe-over.js";
import { UNIVERSE_SUMMARY, withDefinition } from "../../query/universe-over/definition.js";
import { universeMatrix } from "../../query/universe-over/matrix.js";
import type { MemberRow } from "../../query/universe-over/rows.js";
import { underlyingLines } from "../../query/underlying.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { plural } from "../../text/numbers.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { asTyped, optionOf, valueOf } from "../args/argument-options.js";
import type { OptionDefinition } from "../args/command-page.js";
import { dbOption } from "../args/db-path.js";
import { commandLine, optionName } from "../args/query-arguments.js";
import { withReader } from "../with-reader.js";
import { filePath, jsonFile } from "../args/readers.js";
import { conditionLines } from "../output/conditions.js";
import { fileDestination } from "../output/destination.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { writePieces } from "../output/write-pieces.js";

interface UniverseArguments extends AnswerChoice {
  db: string;
  definition: unknown;
  "definition-out": string | undefined;
  matrix: boolean;
  changes: boolean;
  [option: string]: unknown;
}

/**
 * `bfa universe`
 *
 * @param isListed only for the list of all commands, which doesn't need its options: loading them would load DuckDB
 */
export async function universeCommand(isListed: boolean): Promise<CommandModule<object, UniverseArguments>> {
  const named = { command: "universe", describe: UNIVERSE_SUMMARY };
  if (isListed) return { ...named, handler: () => undefined };
  const { default: query } = await import("../../query/universe-over.js");
  return {
    ...named,
    builder: (yargs) => {
      addOptions(query, yargs);
      // The options match those that the handler reads.
      return yargs as Argv<UniverseArguments>;
    },
    handler: async (given) => {
      try {
        await answer(query, given);
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

async function answer(query: typeof universeOver, given: UniverseArguments): Promise<void> {
  const { db, format, json, wide, out, matrix } = given;
  const choice = { format, json, wide, out };
  const options = Object.entries<Argument>(query.args);
  const named = Object.fromEntries(options.map(([name, of]) => [name, valueOf(of, given[optionName(name)])]));
  const args = readArguments(query.args, withDefinition({ definition: given.definition, ...named }));
  if (matrix && args.changes)
    throw new UsageError("--matrix shows members and --changes shows entries and exits: give only one");
  const { format: planned } = planPrinting(choice);
  const definitionPlace =
    given["definition-out"] === undefined ? undefined : fileDestination("definition-out", given["definition-out"]);
  const { facts, columns, rows } = await withReader(db, (store) => ask(query, store, args));
  for (const line of conditionLines(facts)) tell(line);
  for (const line of underlyingLines(facts)) tell(line);
  if (definitionPlace !== undefined) {
    await writePieces([`${JSON.stringify(facts.definition, null, 2)}\n`], definitionPlace);
  }
  const { symbol_count, rebalancing_count, sha256 } = facts;
  if (planned !== "json") {
    const days = plural(rebalancing_count, "rebalancing day");
    tell(`${plural(symbol_count, "symbol")} on ${days}, SHA-256 ${sha256}`);
  }
  // Without --changes, the rows of a universe are its members.
  const answered = matrix
    ? matrixAnswer(facts, rows as MemberRow[])
    : { facts, rowsName: "rows", columns, rows: [rows] };
  await printAnswer(answered, choice);
}

function matrixAnswer(facts: object, members: readonly MemberRow[]): Answer {
  const { columns: columnOrder, rows } = universeMatrix(members);
  const columns = Object.fromEntries(
    columnOrder.map((name) => [
      name,
      name === "date"
        ? column("date", "rebalancing day")
        : optionalColumn("count", "its rank; null on a day without it"),
    ]),
  );
  return { facts, rowsName: "rows", columns, columnOrder, rows: [rows] };
}
