import type { CommandModule } from "yargs";
import { runCommand } from "./run-command.js";
import { withRunOptions, type RunArguments } from "../args/run-options.js";
import { pastDate, wholeNumber } from "../args/readers.js";

interface UpdateArguments extends RunArguments {
  date: string | undefined;
  lookback: number | undefined;
}

/** `bfa update` */
const updateCommand: CommandModule<object, UpdateArguments> = {
  command: "update",
  describe: "Bring the file up to date: probe the days that are not final yet",
  builder: (yargs) =>
    withRunOptions(yargs)
      .option("date", {
        describe: "only this UTC day (YYYY-MM-DD)",
        string: true,
        requiresArg: true,
        coerce: pastDate("date"),
      })
      .option("lookback", {
        describe: "this many days, up to --date or yesterday",
        string: true,
        requiresArg: true,
        coerce: wholeNumber("lookback", 1, 400),
      })
      .group(["date", "lookback"], "Days:")
      .example("$0 update", "every day since the last final one, every perpetual")
      .example("$0 update --date 2024-03-01 --symbols BTCUSDT,ETHUSDT", "one day of two symbols")
      .example("$0 update --lookback 7 --json", "the last week, summary for a script"),
  handler: async ({ date, lookback, ...args }) => {
    const { update } = await import("../../run/update.js");
    await runCommand(args, (options) =>
      update({
        ...options,
        ...(date === undefined ? {} : { date }),
        ...(lookback === undefined ? {} : { lookback }),
      }),
    );
  },
};

export default updateCommand;
