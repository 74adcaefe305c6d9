import { BOUNDS } from "../../run/defaults.js";
import { pastDate, wholeNumber } from "../args/readers.js";
import { contractsUrlOption, probeOptionsOf, withProbeOptions, type ProbeArguments } from "../args/run-options.js";
import type { CommandBody } from "./command-body.js";
import { showRun } from "./run-command.js";

interface UpdateArguments extends ProbeArguments {
  date: string | undefined;
  lookback: number | undefined;
  contracts: boolean | undefined;
  volumes: boolean | undefined;
  "contracts-url": string | undefined;
}

/** `bfa update` */
const updateCommand: CommandBody<UpdateArguments> = {
  builder: (yargs) =>
    withProbeOptions(yargs, "update")
      .option("date", {
        describe: "only this UTC day",
        string: true,
        requiresArg: true,
        coerce: pastDate("date"),
      })
      .option("lookback", {
        describe: "only this many days, up to --date or yesterday",
        string: true,
        requiresArg: true,
        coerce: wholeNumber("lookback", ...BOUNDS.lookback),
      })
      .option("contracts", {
        describe: "also record the exchange's contracts, at most once an hour (--no-contracts skips that)",
        boolean: true,
        defaultDescription: "yes",
      })
      .option("volumes", {
        describe: "also fetch volumes, once bfa volumes has run (--no-volumes skips that)",
        boolean: true,
        defaultDescription: "yes",
      })
      .option(
        "contracts-url",
        contractsUrlOption("contracts-url", "fapi.binance.com; none if --endpoint is not Binance's"),
      )
      .group(["date", "lookback"], "Days:")
      .example("$0 update", "all perpetuals; run it daily")
      .example("$0 update --date 2024-03-01 --symbols BTCUSDT,ETHUSDT", "one day of two symbols")
      .example("$0 update --lookback 7 --json", "the last week, with a summary for scripts"),
  handler: async (args) => {
    const { update } = await import("../../run/update.js");
    const { date, lookback, contracts, volumes, "contracts-url": contractsUrl } = args;
    await showRun(args, { ...probeOptionsOf(args), date, lookback, contracts, volumes, contractsUrl }, update);
  },
};

export default updateCommand;
