import type { CommandModule } from "yargs";
import type { ImportSummary } from "../../store/import.js";
import { column, type Answer } from "../../text/columns.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { filePath } from "../args/readers.js";
import { waitOption } from "../args/run-options.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";

interface ImportArguments extends AnswerChoice {
  file: string;
  db: string;
  wait: number | undefined;
}

/** What an import says of itself. */
const FACTS = {
  row_count: column("count", "rows of the other file; each is imported, known or refused"),
  imported_count: column("count", "rows taken over"),
  known_count: column("count", "rows whose cell the database had already; it stays as it is"),
  refused_count: column("count", "rows that aren't an answer of the bucket"),
  refused_by: column("value", "these rows by reason"),
};

const COLUMNS = { column: column("text", "a column of the other file that isn't taken over") };

/** `bfa import` */
const importCommand: CommandModule<object, ImportArguments> = {
  command: "import <file>",
  describe: "Take over the daily_availability of another DuckDB file",
  builder: (yargs) =>
    yargs
      .positional("file", {
        describe: "a database with the seed's schema, or another of ours; it is only read",
        type: "string",
        demandOption: true,
        coerce: filePath("file"),
      })
      .options({ ...answerOptions, db: dbOption, wait: waitOption })
      .example("$0 import other.duckdb", "what the other file knows and this one does not")
      .epilogue(
        "Cells that the database has already stay as they are. Rows that are no answer of the bucket are refused.",
      ),
  handler: async ({ file, db, wait = 0, ...choice }) => {
    planPrinting(choice);
    const [{ importInto }, { REFUSALS }] = await Promise.all([
      import("../../store/import-into.js"),
      import("../../store/import.js"),
    ]);
    const interrupt = new AbortController();
    const onSignal = () => {
      interrupt.abort();
    };
    // A second signal ends the process.
    process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
    const summary = await importInto(db, file, { waitMs: wait * 1000, signal: interrupt.signal });
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    for (const notice of summary.notices) process.stderr.write(`bfa: ${printable(notice)}\n`);
    await printAnswer(answerOf(summary), choice, () => summaryText(file, summary, REFUSALS));
  },
};

function answerOf({ rows, imported, known, refused, refusedBy, ignoredColumns }: ImportSummary): Answer {
  return {
    facts: {
      ...{ row_count: rows, imported_count: imported, known_count: known },
      ...{ refused_count: refused, refused_by: refusedBy },
    },
    factColumns: FACTS,
    rowsName: "ignored_columns",
    columns: COLUMNS,
    rows: [ignoredColumns.map((column) => ({ column }))],
  };
}

function summaryText(
  file: string,
  { rows, imported, known, refused, refusedBy, ignoredColumns }: ImportSummary,
  reasons: Readonly<Record<string, string>>,
): string {
  const done = `${number(imported)} imported, ${number(known)} known already, ${number(refused)} refused`;
  const refusals = Object.entries(refusedBy)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `  ${number(count)}: ${reasons[reason] ?? reason}\n`);
  const ignored = ignoredColumns.length === 0 ? "" : `columns left out: ${ignoredColumns.map(printable).join(", ")}\n`;
  return `${plural(rows, "row")} in ${printable(file)}: ${done}\n${refusals.join("")}${ignored}`;
}

export default importCommand;
