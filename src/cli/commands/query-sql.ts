import { text } from "node:stream/consumers";
import type { CommandModule } from "yargs";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/query-options.js";
import { nonEmpty } from "../args/readers.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";

interface SqlArguments extends AnswerChoice {
  statement: string;
  db: string;
}

/** `bfa query sql` */
const sqlCommand: CommandModule<object, SqlArguments> = {
  command: "sql <statement>",
  describe: "Any other question, in DuckDB's SQL; read-only",
  builder: (yargs) =>
    yargs
      .positional("statement", {
        describe: "one statement; - reads it from stdin",
        type: "string",
        demandOption: true,
        coerce: statementOf,
      })
      .options({ ...answerOptions, db: dbOption })
      .example('$0 query sql "SELECT count(*) FROM daily_availability"', "rows in the database")
      .epilogue(
        `Tables: daily_availability, daily_symbol_counts, symbols, runs, units, replacements. No other file can be read.
Times are in UTC. Whole numbers beyond ±(2^53 - 1) are texts in JSON; BLOBs are hexadecimal.`,
      ),
  handler: async ({ statement, db, ...choice }) => {
    planPrinting(choice);
    const { sql } = await import("../../query/sql.js");
    const answer = await sql(db, statement === "-" ? await text(process.stdin) : statement);
    try {
      await printAnswer(answer, choice);
    } finally {
      await answer.close();
    }
  },
};

/** The statement, or `-`, of which yargs makes an empty text. */
function statementOf(value: unknown): string {
  return value === "" && process.argv.includes("-") ? "-" : nonEmpty("statement")(value);
}

export default sqlCommand;
