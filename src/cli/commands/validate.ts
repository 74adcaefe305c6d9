import { CHECK_NAMES, type CheckName } from "../../check/registry.js";
import type { CheckFinding, Validation } from "../../check/validate.js";
import type { Day } from "../../calendar/day.js";
import { EXIT } from "../exit.js";
import { plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { caOption } from "../args/run-options.js";
import { withReader } from "../with-reader.js";
import { date, httpUrl, shareOf } from "../args/readers.js";
import { paintWord, type Paint } from "../output/colour.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import type { CommandBody } from "./command-body.js";

interface ValidateArguments extends AnswerChoice {
  checks: CheckName[] | undefined;
  from: Day | undefined;
  share: number | undefined;
  date: Day | undefined;
  "exchange-url": string | undefined;
  ca: string | undefined;
  strict: boolean;
  db: string;
}

/** Maximum number of symbols shown per finding. */
const SYMBOLS_SHOWN = 10;

/** `bfa validate` */
const validateCommand: CommandBody<ValidateArguments> = {
  builder: (yargs) =>
    yargs
      .positional("checks", {
        describe: "default: all except cross-check, which queries the exchange",
        type: "string",
        array: true,
        choices: CHECK_NAMES,
      })
      .options({
        from: {
          describe: "first day that should have rows",
          string: true,
          requiresArg: true,
          coerce: date("from"),
          defaultDescription: "2019-12-31",
        },
        share: {
          describe: "how many fewer files a day may have than the days around it, as a share",
          string: true,
          requiresArg: true,
          coerce: shareOf("share"),
          defaultDescription: "10%",
        },
        date: {
          describe: "day that cross-check compares",
          string: true,
          requiresArg: true,
          coerce: date("date"),
          defaultDescription: "the last one with files",
        },
        "exchange-url": {
          describe: "URL of the exchange's exchangeInfo",
          string: true,
          requiresArg: true,
          coerce: httpUrl("exchange-url", true),
          defaultDescription: "fapi.binance.com",
        },
        ca: caOption(),
        strict: { describe: "exit with 1 when there are findings", boolean: true, default: false },
        ...answerOptions,
        db: dbOption(),
      })
      .example("$0 validate", "all checks that don't need the network")
      .example(
        "$0 validate continuity holes --from 2024-01-01 --strict",
        "two checks; exits with 1 if there are findings",
      )
      .example("$0 validate cross-check", "the last day, compared with the exchange's list of contracts"),
  handler: async ({ checks, from, share, date, ca, strict, db, "exchange-url": exchangeUrl, ...choice }) => {
    planPrinting(choice);
    const { validate } = await import("../../check/validate.js");
    const named = checks === undefined || checks.length === 0 ? undefined : checks;
    const options = { checks: named, from, share, day: date, exchangeUrl, ca };
    const answer = await withReader(db, (store) => validate(store, options));
    await printAnswer(answer, choice, (paint) => validationText(answer, paint));
    if (strict && answer.facts.outcome === "findings") process.exitCode = EXIT.failed;
  },
};

function validationText({ facts, rows }: Validation, paint: Paint): string {
  const findings = rows.flat();
  const lines = facts.checks.flatMap(({ check, outcome, summary }) => [
    `${check}: ${paintWord(paint, outcome)}: ${printable(summary)}`,
    ...findings.filter((finding) => finding.check === check).map(findingText),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

function findingText({ date, symbols, message }: CheckFinding): string {
  const shown = symbols.slice(0, SYMBOLS_SHOWN).map(printable).join(", ");
  const more = symbols.length > SYMBOLS_SHOWN ? ` and ${plural(symbols.length - SYMBOLS_SHOWN, "more symbol")}` : "";
  return `  ${date === null ? "" : `${date}: `}${message}${shown === "" ? "" : `: ${shown}${more}`}`;
}

export default validateCommand;
