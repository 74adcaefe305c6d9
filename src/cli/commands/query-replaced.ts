import type { CommandModule } from "yargs";
import type { Day } from "../../calendar/day.js";
import { day, dbOption, formatOption, withReader } from "../args/query-options.js";
import { chosenFormat, printRows, type Format } from "../output/render.js";

interface ReplacedArguments {
  since: Day | undefined;
  db: string;
  format: Format | undefined;
}

/** `bfa query replaced` */
const replacedCommand: CommandModule<object, ReplacedArguments> = {
  command: "replaced",
  describe: "Files that Binance replaced since they were first seen: downloads from before are stale",
  builder: (yargs) =>
    yargs.options({
      since: {
        describe: "only what was seen on this UTC day or later",
        string: true,
        requiresArg: true,
        coerce: day("--since"),
      },
      format: formatOption,
      db: dbOption,
    }),
  handler: async ({ since, db, format }) => {
    const { replaced } = await import("../../query/replaced.js");
    const rows = await withReader(db, (store) => replaced(store, since));
    const columns = [
      ...(["date", "symbol", "old_size_bytes", "new_size_bytes"] as const),
      ...(["old_last_modified", "new_last_modified", "seen_at"] as const),
    ];
    await printRows(columns, rows, chosenFormat(format));
  },
};

export default replacedCommand;
