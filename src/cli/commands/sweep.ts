import type { CommandModule } from "yargs";
import { runOptionsOf, withSummaryOptions, type SummaryArguments } from "../args/run-options.js";
import { showRun } from "./run-command.js";

/** `bfa sweep` */
const sweepCommand: CommandModule<object, SummaryArguments> = {
  command: "sweep",
  describe: "List everything again to find late, replaced and removed files of any age",
  builder: (yargs) =>
    withSummaryOptions(yargs, "sweep")
      .example("$0 sweep", "once a month; about 2,400 requests for the whole history")
      .epilogue("Changes are recorded: bfa query changes shows them. An interrupted sweep starts over."),
  handler: async (args) => {
    const { sweep } = await import("../../run/sweep.js");
    await showRun(args, runOptionsOf(args), sweep);
  },
};

export default sweepCommand;
