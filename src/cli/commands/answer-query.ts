import { readArguments, type Argument, type Arguments, type ValuesOf } from "../../query/arguments.js";
import { ask } from "../../query/ask.js";
import type { CONDITION_FACTS } from "../../query/basis.js";
import type { FactsOf } from "../../query/facts.js";
import { leftOutLines } from "../../query/left-out.js";
import type { AnyQuery } from "../../query/registry.js";
import type { SENSE_FACTS } from "../../query/sense.js";
import { underlyingLines } from "../../query/underlying.js";
import type { AnswerChoice } from "../args/answer-options.js";
import { valueOf } from "../args/argument-options.js";
import { optionName } from "../args/query-arguments.js";
import { readStdin } from "../args/stdin.js";
import { conditionLines } from "../output/conditions.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { senseLines } from "../output/sense.js";
import { withReader } from "../with-reader.js";

/** Arguments of `bfa query NAME`. */
export interface QueryArguments extends AnswerChoice {
  db: string;
  rows?: boolean;
  [option: string]: unknown;
}

type SenseFacts = FactsOf<typeof SENSE_FACTS>;

/** Asks a query and prints its answer. */
export async function answerQuery(query: AnyQuery, given: QueryArguments): Promise<void> {
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
    for (const line of leftOutLines(facts)) tell(line);
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
