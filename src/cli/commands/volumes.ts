import { DEFAULTS } from "../../run/defaults.js";
import { symbolOptionsOf, withSymbolOptions, yesNo, type SymbolArguments } from "../args/run-options.js";
import { volumesAnswer, volumesNotices, volumesText } from "../output/volumes.js";
import type { CommandBody } from "./command-body.js";
import { showSummary } from "./run-command.js";

interface VolumesArguments extends SymbolArguments {
  "accept-unverified": boolean | undefined;
}

/** `bfa volumes` */
const volumesCommand: CommandBody<VolumesArguments> = {
  builder: (yargs) =>
    withSymbolOptions(yargs, "volumes")
      .option("accept-unverified", {
        describe: "also accept files whose checksum is missing or wrong, and mark them",
        boolean: true,
        defaultDescription: yesNo(DEFAULTS.acceptUnverified),
      })
      .example("$0 volumes", "all perpetuals; about 25,000 small files at first, then only new and replaced ones")
      .example("$0 volumes --symbols BTCUSDT,ETHUSDT", "two symbols")
      .epilogue(
        "Uses monthly files for past months and daily files otherwise. If interrupted or killed, it continues on the next run.",
      ),
  handler: async (args) => {
    const { volumes } = await import("../../run/volumes.js");
    const options = { ...symbolOptionsOf(args), acceptUnverified: args["accept-unverified"] };
    await showSummary(args, options, volumes, { answer: volumesAnswer, text: volumesText, failures: volumesNotices });
  },
};

export default volumesCommand;
