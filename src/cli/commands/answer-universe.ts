import { UsageError } from "../../errors.js";
import { readArguments, type Argument } from "../../query/arguments.js";
import { ask } from "../../query/ask.js";
import { underlyingLines } from "../../query/underlying.js";
import type universeOver from "../../query/universe-over.js";
import { withDefinition } from "../../query/universe-over/definition.js";
import { universeMatrix } from "../../query/universe-over/matrix.js";
import type { MemberRow } from "../../query/universe-over/rows.js";
import { column, optionalColumn, type Answer } from "../../text/columns.js";
import { plural } from "../../text/numbers.js";
import type { AnswerChoice } from "../args/answer-options.js";
import { valueOf } from "../args/argument-options.js";
import { optionName } from "../args/query-arguments.js";
import { conditionLines } from "../output/conditions.js";
import { fileDestination } from "../output/destination.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { writePieces } from "../output/write-pieces.js";
import { withReader } from "../with-reader.js";

/** Arguments of `bfa universe`. */
export interface UniverseArguments extends AnswerChoice {
  db: string;
  definition: unknown;
  "definition-out": string | undefined;
  matrix: boolean;
  changes: boolean;
  [option: string]: unknown;
}

/** Chooses the universe and prints it. */
export async function answerUniverse(query: typeof universeOver, given: UniverseArguments): Promise<void> {
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
