import type { CommandModule } from "yargs";
import type { Day } from "../../calendar/day.js";
import { day, dbOption, formatOption, given, symbolOptions, withReader } from "../args/query-options.js";
import { chosenFormat, printRows, type Format } from "../output/render.js";
import { wholeNumber } from "../args/readers.js";

interface UniverseArguments {
  date: Day;
  "min-age": number;
  "min-bytes": number | undefined;
  "alive-until": Day | undefined;
  db: string;
  format: Format | undefined;
  quote: string | undefined;
  contract: "perpetual" | "delivery" | "all";
}

/** `bfa query universe` */
const universeCommand: CommandModule<object, UniverseArguments> = {
  command: "universe <date>",
  describe: "The point-in-time universe of a backtest: there on a day, and listed long enough",
  builder: (yargs) =>
    yargs
      .positional("date", {
        describe: "UTC day, YYYY-MM-DD",
        type: "string",
        demandOption: true,
        coerce: day("date"),
      })
      .options({
        "min-age": {
          describe: "days since the first file, at least",
          string: true,
          requiresArg: true,
          demandOption: true,
          coerce: wholeNumber("min-age", 0, 10_000),
        },
        "min-bytes": {
          describe:
            "leave out smaller files: dead contracts get flat ones of about 8 kB, live ones have 49 kB (median)",
          string: true,
          requiresArg: true,
          coerce: wholeNumber("min-bytes", 0, 1e12),
        },
        "alive-until": {
          describe: "only symbols that had a file on this later day too: lets the future leak in",
          string: true,
          requiresArg: true,
          coerce: day("--alive-until"),
        },
        ...symbolOptions,
        format: formatOption,
        db: dbOption,
      })
      .epilogue("Nothing after the day is looked at, unless --alive-until asks for it."),
  handler: async ({ date, db, format, quote, contract, ...args }) => {
    const { universe } = await import("../../query/universe.js");
    const options = {
      minAgeDays: args["min-age"],
      ...given({ quote, contract, minBytes: args["min-bytes"], aliveUntil: args["alive-until"] }),
    };
    const rows = await withReader(db, (store) => universe(store, date, options));
    await printRows(["symbol", "first_date", "age_days", "file_size_bytes"], rows, chosenFormat(format));
  },
};

export default universeCommand;
