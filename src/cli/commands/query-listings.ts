import type { Argv, CommandModule } from "yargs";
import type { Day } from "../../calendar/day.js";
import { day, dayRange, dbOption, formatOption, given, symbolOptions, withReader } from "../args/query-options.js";
import { chosenFormat, printRows, type Format } from "../output/render.js";

interface EventArguments {
  from: Day | undefined;
  to: Day | undefined;
  db: string;
  format: Format | undefined;
  quote: string | undefined;
  contract: "perpetual" | "delivery" | "all";
}

function eventOptions(yargs: Argv) {
  return yargs
    .positional("from", { describe: "the day, or the first of a range", type: "string", coerce: day("from") })
    .positional("to", { describe: "last day of the range", type: "string", coerce: day("to") })
    .options({ ...symbolOptions, format: formatOption, db: dbOption });
}

/** `bfa query listings` */
export const listingsCommand: CommandModule<object, EventArguments> = {
  command: "listings [from] [to]",
  describe: "First days of symbols: listings, and relistings of a ticker",
  builder: (yargs) =>
    eventOptions(yargs).epilogue(
      `A ticker that had no file for more than 30 days and has one again is relisted; a shorter gap is a hole.
The old contract of a relisted ticker can have a settled name (ICPUSDT_SETTLED): it is named as previous_symbol.`,
    ),
  handler: async ({ from, to, db, format, quote, contract }) => {
    const { listings } = await import("../../query/listings.js");
    const filter = { ...dayRange(from, to), ...given({ quote, contract }) };
    const rows = await withReader(db, (store) => listings(store, filter));
    const columns = ["date", "symbol", "ticker", "event", "previous_symbol", "previous_last_date"] as const;
    await printRows(columns, rows, chosenFormat(format));
  },
};

/** `bfa query delistings` */
export const delistingsCommand: CommandModule<object, EventArguments> = {
  command: "delistings [from] [to]",
  describe: "Last days of symbols that have no file since",
  builder: (yargs) =>
    eventOptions(yargs).epilogue(
      `The last file is not always the last trade: settled and halted contracts can go on getting flat files of about
8 kB a day. A delisting is only said when a later day is final: probed four days or more after it began.`,
    ),
  handler: async ({ from, to, db, format, quote, contract }) => {
    const { delistings } = await import("../../query/listings.js");
    const filter = { ...dayRange(from, to), ...given({ quote, contract }) };
    const rows = await withReader(db, (store) => delistings(store, filter));
    await printRows(["date", "symbol", "ticker", "days_listed", "relisted_date"], rows, chosenFormat(format));
  },
};
