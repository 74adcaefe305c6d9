import { runOptionsOf, withSummaryOptions, type SummaryArguments } from "../args/run-options.js";
import type { CommandBody } from "./command-body.js";
import { showRun } from "./run-command.js";

/** `bfa sweep` */
const sweepCommand: CommandBody<SummaryArguments> = {
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
