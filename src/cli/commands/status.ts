import type { CommandModule } from "yargs";
import type { RunRow, Status } from "../../query/status.js";
import { bytes } from "../../text/sizes.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { dbOption, withReader } from "../args/query-options.js";

interface StatusArguments {
  db: string;
  json: boolean;
}

/** `bfa status` */
const statusCommand: CommandModule<object, StatusArguments> = {
  command: "status",
  describe: "What the database holds, its last runs, and what a backfill would still have to do",
  builder: (yargs) =>
    yargs.options({ json: { describe: "one JSON object", boolean: true, default: false }, db: dbOption }),
  handler: async ({ db, json }) => {
    const { status } = await import("../../query/status.js");
    const answer = await withReader(db, (store) => status(store, Date.now()));
    process.stdout.write(json ? `${JSON.stringify(answer, undefined, 2)}\n` : statusText(answer));
  },
};

function statusText(status: Status): string {
  const { firstDay, lastDay, lastFinalDay, discoveredAt, backlog } = status;
  const days =
    firstDay === undefined || lastDay === undefined
      ? "none yet"
      : `${firstDay} to ${lastDay}, final up to ${lastFinalDay ?? "none of them"}`;
  const listed = discoveredAt === undefined ? "the bucket was never listed" : `listed ${timeText(discoveredAt)}`;
  const left =
    backlog.cells === 0
      ? status.symbols === 0
        ? "everything"
        : "nothing"
      : `${plural(backlog.cells, "day")} of ${plural(backlog.symbols, "symbol")}, the provisional ones among them`;
  const lines = [
    `file      ${printable(status.file)}, ${bytes(status.bytes)}`,
    `rows      ${number(status.rows)}`,
    `days      ${days}`,
    `symbols   ${number(status.symbols)}, ${listed}`,
    `backfill  ${left} to do`,
    ...status.runs.map((run, index) => `${index === 0 ? "last runs" : "         "} ${runText(run)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function runText({ run_id, command, from_date, to_date, started_at, outcome, probes, failed, rows_written }: RunRow) {
  const what = `#${run_id} ${timeText(started_at)} ${command} ${from_date} to ${to_date}: ${outcome}`;
  if (probes === null) return what;
  return `${what}, ${plural(probes, "probe")}, ${number(failed ?? 0)} failed, ${plural(rows_written ?? 0, "row")}`;
}

function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export default statusCommand;
