import type { CommandModule } from "yargs";
import type { DateRange, Timeline } from "../../query/timeline.js";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { dbOption, formatOption, withReader } from "../args/query-options.js";
import { chosenFormat, printRows, type Format } from "../output/render.js";
import { nonEmpty } from "../args/readers.js";

interface TimelineArguments {
  symbol: string;
  db: string;
  format: Format | undefined;
}

/** `bfa query timeline` */
const timelineCommand: CommandModule<object, TimelineArguments> = {
  command: "timeline <symbol>",
  describe: "A symbol day by day, with its holes",
  builder: (yargs) =>
    yargs
      .positional("symbol", {
        describe: "as in BTCUSDT",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("symbol"),
      })
      .options({ format: formatOption, db: dbOption })
      .epilogue("csv and ndjson give the days alone; json and table begin with first and last day and the holes."),
  handler: async ({ symbol, db, format }) => {
    const { timeline } = await import("../../query/timeline.js");
    const answer = await withReader(db, (store) => timeline(store, symbol));
    const chosen = chosenFormat(format);
    if (chosen === "json") {
      process.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
      return;
    }
    if (chosen === "table") process.stdout.write(`${header(answer)}\n\n`);
    await printRows(["date", "available", "file_size_bytes", "last_modified"], answer.rows, chosen);
  },
};

function header({ symbol, class: kind, first, last, daysAvailable, holes, notWritten }: Timeline): string {
  const life =
    first === undefined || last === undefined
      ? `no file on any of the days probed`
      : `${first} to ${last}, ${plural(daysAvailable, "day")} available`;
  const lines = [`${printable(symbol)} (${kind}): ${life}`];
  if (holes.length > 0) lines.push(`missing in between: ${describeRanges(holes)}`);
  if (notWritten.length > 0) lines.push(`not in the database: ${describeRanges(notWritten)}`);
  return lines.join("\n");
}

function describeRanges(ranges: readonly DateRange[]): string {
  return ranges.map(({ from, to, days }) => (days === 1 ? from : `${from} to ${to} (${number(days)} days)`)).join(", ");
}

export default timelineCommand;
