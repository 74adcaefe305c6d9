import type { ComparisonFacts } from "../../publish/compare.js";
import { DEFAULT_LIMIT, LIMIT_BOUNDS } from "../../publish/compare-limit.js";
import type { Answer } from "../../text/columns.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { nonEmpty, wholeNumber } from "../args/readers.js";
import { EXIT } from "../exit.js";
import { interruptible } from "../interrupt.js";
import { nonzero } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import { tablePieces } from "../output/table.js";
import type { CommandBody } from "./command-body.js";

interface CompareArguments extends AnswerChoice {
  a: string;
  b: string;
  limit: number | undefined;
}

/** `bfa compare` */
const compareCommand: CommandBody<CompareArguments> = {
  builder: (yargs) =>
    yargs
      .positional("a", {
        describe: "a database, or the folder of a publication; it is not changed",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("a"),
      })
      .positional("b", {
        describe: "the database or publication to compare it with",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("b"),
      })
      .options({
        limit: {
          describe: "maximum number of cells to show; all are counted",
          string: true,
          requiresArg: true,
          coerce: wholeNumber("limit", ...LIMIT_BOUNDS),
          defaultDescription: String(DEFAULT_LIMIT),
        },
        ...answerOptions,
      })
      .example("$0 compare a.duckdb b.duckdb", "exits with 1 when they differ")
      .example("$0 compare a.duckdb public --limit 1000 --format csv", "a database and its publication")
      .epilogue(
        "Compares the bucket's answers, not the times of the probes. Also works for databases of older versions, and of other systems that have a table daily_availability.",
      ),
  handler: async ({ a, b, limit, ...choice }) => {
    planPrinting(choice);
    const { compare, COMPARED_COLUMNS, COMPARISON_FACTS } = await import("../../publish/compare.js");
    const { facts, rows } = await interruptible(
      (signal) => compare(a, b, { limit, signal }),
      () => undefined,
    );
    const answer: Answer<ComparisonFacts> = {
      ...{ facts, factColumns: COMPARISON_FACTS, rowsName: "cells", columns: COMPARED_COLUMNS },
      rows: [rows],
    };
    const text = await comparisonText(answer, rows.length);
    await printAnswer(answer, choice, () => text);
    if (facts.outcome === "different") process.exitCode = EXIT.failed;
  },
};

async function comparisonText(answer: Answer<ComparisonFacts>, shown: number): Promise<string> {
  const { facts } = answer;
  const table: string[] = [];
  if (shown > 0) for await (const piece of tablePieces(answer)) table.push(piece);
  const left = facts.only_in_a_count + facts.only_in_b_count + facts.different_count - shown;
  const more = shown > 0 && left > 0 ? `and ${number(left)} more\n` : "";
  return `${countsText(facts)}${table.join("")}${more}`;
}

function countsText(facts: ComparisonFacts): string {
  const lines = [
    `${plural(facts.same_count, "cell")} with the same answer`,
    ...nonzero(facts.only_in_a_count, `only in ${printable(facts.a)}`),
    ...nonzero(facts.only_in_b_count, `only in ${printable(facts.b)}`),
    ...nonzero(facts.different_count, "with different answers"),
    ...nonzero(facts.other_probe_time_count, "with the same answer, probed at different times"),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

export default compareCommand;
