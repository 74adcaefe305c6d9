import type { CommandModule } from "yargs";
import type { Day } from "../../calendar/day.js";
import { day, dbOption, formatOption, given, symbolOptions, withReader } from "../args/query-options.js";
import { chosenFormat, printRows, type Format } from "../output/render.js";

interface SnapshotArguments {
  date: Day;
  db: string;
  format: Format | undefined;
  quote: string | undefined;
  contract: "perpetual" | "delivery" | "all";
}

/** `bfa query snapshot` */
const snapshotCommand: CommandModule<object, SnapshotArguments> = {
  command: "snapshot <date>",
  describe: "The symbols that had a file on a day",
  builder: (yargs) =>
    yargs
      .positional("date", {
        describe: "UTC day, YYYY-MM-DD",
        type: "string",
        demandOption: true,
        coerce: day("date"),
      })
      .options({ ...symbolOptions, format: formatOption, db: dbOption }),
  handler: async ({ date, db, format, quote, contract }) => {
    const { snapshot } = await import("../../query/snapshot.js");
    const rows = await withReader(db, (store) => snapshot(store, date, given({ quote, contract })));
    await printRows(["symbol", "file_size_bytes", "last_modified"], rows, chosenFormat(format));
  },
};

export default snapshotCommand;
