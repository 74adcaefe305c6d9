import type { ImportSummary } from "../../run/import.js";
import { column, type Answer } from "../../text/columns.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { filePath } from "../args/readers.js";
import { adoptEndpointOption, waitOption } from "../args/run-options.js";
import { interruptible } from "../interrupt.js";
import { tell } from "../output/line.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";
import type { CommandBody } from "./command-body.js";

interface ImportArguments extends AnswerChoice {
  file: string;
  db: string;
  wait: number | undefined;
  "adopt-endpoint": boolean | undefined;
}

/** Facts about an import. */
const FACTS = {
  row_count: column("count", "rows in the other file; each is imported, known or refused"),
  imported_count: column("count", "rows imported"),
  known_count: column("count", "rows whose cell the database already had; it is left unchanged"),
  refused_count: column("count", "rows that can't be answers of the bucket"),
  refused_by: column("value", "refused rows by reason"),
};

const COLUMNS = { column: column("text", "a column of the other file that isn't imported") };

/** `bfa import` */
const importCommand: CommandBody<ImportArguments> = {
  builder: (yargs) =>
    yargs
      .positional("file", {
        describe: "a database of bfa, or another one that has daily_availability; it is not changed",
        type: "string",
        demandOption: true,
        coerce: filePath("file"),
      })
      .options({ ...answerOptions, db: dbOption(), wait: waitOption, "adopt-endpoint": adoptEndpointOption })
      .example("$0 import other.duckdb", "add what the other file knows and this one doesn't")
      .epilogue(
        "Cells that the database already has are left unchanged. Rows that can't be the bucket's answers are refused.",
      ),
  handler: async ({ file, db, wait = 0, "adopt-endpoint": adoptEndpoint, ...choice }) => {
    planPrinting(choice);
    const [{ importFile }, { REFUSALS }] = await Promise.all([
      import("../../run/import.js"),
      import("../../store/import.js"),
    ]);
    const summary = await interruptible(
      (signal) => importFile({ db, file, waitMs: wait * 1000, adoptEndpoint, signal, onWait: tell }),
      (name) => {
        tell(`${name}: finishing the current write; press again to stop immediately`);
      },
    );
    for (const notice of summary.notices) tell(notice);
    await printAnswer(answerOf(summary), choice, () => summaryText(file, summary, REFUSALS));
  },
};

function answerOf(summary: ImportSummary): Answer {
  const { row_count, imported_count, known_count, refused_count, refused_by, ignored_columns } = summary;
  return {
    facts: { row_count, imported_count, known_count, refused_count, refused_by },
    factColumns: FACTS,
    rowsName: "ignored_columns",
    columns: COLUMNS,
    rows: [ignored_columns.map((column) => ({ column }))],
  };
}

function summaryText(
  file: string,
  { row_count, imported_count, known_count, refused_count, refused_by, ignored_columns }: ImportSummary,
  reasons: Readonly<Record<string, string>>,
): string {
  const done = `${number(imported_count)} imported, ${number(known_count)} already known, ${number(refused_count)} refused`;
  const refusals = Object.entries(refused_by)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `  ${number(count)}: ${reasons[reason] ?? reason}\n`);
  const ignored = ignored_columns.length === 0 ? "" : `columns ignored: ${ignored_columns.map(printable).join(", ")}\n`;
  return `${plural(row_count, "row")} in ${printable(file)}: ${done}\n${refusals.join("")}${ignored}`;
}

export default importCommand;
