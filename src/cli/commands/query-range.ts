import type { CommandModule } from "yargs";
import type { Day } from "../../calendar/day.js";
import { day, dayRange, dbOption, formatOption, given, symbolOptions, withReader } from "../args/query-options.js";
import { chosenFormat, printRows, type Format } from "../output/render.js";

interface RangeArguments {
  from: Day;
  to: Day;
  every: boolean;
  db: string;
  format: Format | undefined;
  quote: string | undefined;
  contract: "perpetual" | "delivery" | "all";
}

/** `bfa query range` */
const rangeCommand: CommandModule<object, RangeArguments> = {
  command: "range <from> <to>",
  describe: "The symbols that had a file on any day of a range",
  builder: (yargs) =>
    yargs
      .positional("from", { describe: "first day", type: "string", demandOption: true, coerce: day("from") })
      .positional("to", { describe: "last day", type: "string", demandOption: true, coerce: day("to") })
      .options({
        every: { describe: "only those that had one on every day", boolean: true, default: false },
        ...symbolOptions,
        format: formatOption,
        db: dbOption,
      }),
  handler: async ({ from, to, every, db, format, quote, contract }) => {
    dayRange(from, to);
    const { range } = await import("../../query/range.js");
    const rows = await withReader(db, (store) => range(store, from, to, { every, ...given({ quote, contract }) }));
    await printRows(["symbol", "days_available", "first_date", "last_date"], rows, chosenFormat(format));
  },
};

export default rangeCommand;
