import type { CommandModule } from "yargs";
import type { Day } from "../../calendar/day.js";
import { EXIT } from "../exit.js";
import { plural } from "../../text/numbers.js";
import { day, dayRange, dbOption, formatOption, withReader } from "../args/query-options.js";
import { chosenFormat, printRows, type Format } from "../output/render.js";

interface CountsArguments {
  from: Day | undefined;
  to: Day | undefined;
  check: boolean | undefined;
  db: string;
  format: Format | undefined;
}

/** `bfa query counts` */
const countsCommand: CommandModule<object, CountsArguments> = {
  command: "counts [from] [to]",
  describe: "How many symbols had a file, day by day",
  builder: (yargs) =>
    yargs
      .positional("from", { describe: "first day", type: "string", coerce: day("from") })
      .positional("to", { describe: "last day", type: "string", coerce: day("to") })
      .options({
        check: { describe: "compare the stored counts with the rows instead", boolean: true },
        format: formatOption,
        db: dbOption,
      })
      .conflicts("check", "from"),
  handler: async ({ from, to, check, db, format }) => {
    const { counts, checkCounts } = await import("../../query/counts.js");
    if (check !== true) {
      const rows = await withReader(db, (store) => counts(store, dayRange(from, to)));
      await printRows(["date", "available_count", "probed_count"], rows, chosenFormat(format));
      return;
    }
    const wrong = await withReader(db, (store) => checkCounts(store));
    await printRows(
      ["date", "stored_available", "counted_available", "stored_probed", "counted_probed"],
      wrong,
      chosenFormat(format),
    );
    process.stderr.write(`bfa: ${wrong.length === 0 ? "all counts agree" : `${plural(wrong.length, "day")} differ`}\n`);
    if (wrong.length > 0) process.exitCode = EXIT.failed;
  },
};

export default countsCommand;
