import type { CommandModule } from "yargs";
import type { RunRow, Status } from "../../query/status.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { bytes } from "../../text/sizes.js";
import { answerOptions, type AnswerChoice } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { withReader } from "../args/query-options.js";
import { planPrinting, printAnswer } from "../output/print-answer.js";

interface StatusArguments extends AnswerChoice {
  db: string;
}

/** `bfa status` */
const statusCommand: CommandModule<object, StatusArguments> = {
  command: "status",
  describe: "What the database holds, its last runs, and what a backfill would still have to do",
  builder: (yargs) => yargs.options({ ...answerOptions, db: dbOption }),
  handler: async ({ db, ...choice }) => {
    planPrinting(choice);
    const { status } = await import("../../query/status.js");
    const answer = await withReader(db, (store) => status(store));
    await printAnswer(answer, choice, () => statusText(answer));
  },
};

function statusText({ facts, rows }: Status): string {
  const { first_date, last_date, last_final_date, discovered_at, backlog_cell_count, backlog_symbol_count } = facts;
  const days =
    first_date === null || last_date === null
      ? "none yet"
      : `${first_date} to ${last_date}, final up to ${last_final_date ?? "none of them"}`;
  const listed = discovered_at === null ? "the bucket was never listed" : `listed ${timeText(discovered_at)}`;
  const left =
    backlog_cell_count === 0
      ? facts.symbol_count === 0
        ? "everything"
        : "nothing"
      : `${plural(backlog_cell_count, "day")} of ${plural(backlog_symbol_count, "symbol")}, the provisional ones among them`;
  const lines = [
    `file      ${printable(facts.file)}, ${bytes(facts.bytes)}`,
    `rows      ${number(facts.row_count)}`,
    `days      ${days}`,
    `symbols   ${number(facts.symbol_count)}, ${listed}`,
    `backfill  ${left} to do`,
    ...rows.flat().map((run, index) => `${index === 0 ? "last runs" : "         "} ${runText(run)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function runText({ run_id, command, from_date, to_date, started_at, outcome, probes, failed, rows_written }: RunRow) {
  const what = `#${run_id} ${timeText(started_at)} ${printable(command)} ${from_date} to ${to_date}: ${printable(outcome)}`;
  if (probes === null) return what;
  return `${what}, ${plural(probes, "probe")}, ${number(failed ?? 0)} failed, ${plural(rows_written ?? 0, "row")}`;
}

/** A time of an answer, to the minute. */
function timeText(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

export default statusCommand;
