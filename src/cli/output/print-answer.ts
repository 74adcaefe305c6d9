import type { Answer } from "../../text/columns.js";
import type { AnswerChoice } from "../args/answer-options.js";
import { chosenFormat, printRows } from "./render.js";

/**
 * Prints an answer on stdout, or into the file that `--out` names.
 *
 * @param toText how the command shows the answer to a person, in place of a bare table of its rows
 */
export async function printAnswer(answer: Answer, choice: AnswerChoice, toText?: () => string): Promise<void> {
  const rows = [];
  for await (const some of answer.rows) rows.push(...some);
  const format = choice.json ? "json" : choice.format;
  if (format === "json") {
    process.stdout.write(`${JSON.stringify({ ...answer.facts, [answer.rowsName]: rows })}\n`);
  } else if (toText !== undefined && (format ?? "table") === "table") {
    process.stdout.write(toText());
  } else if (format !== "parquet") {
    await printRows(Object.keys(answer.columns), rows as Record<string, string>[], chosenFormat(format));
  }
}
