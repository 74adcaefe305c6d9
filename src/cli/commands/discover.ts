import { runOptionsOf, withRunOptions, type RunArguments } from "../args/run-options.js";
import { discoveryAnswer, discoveryText } from "../output/discovery.js";
import type { CommandBody } from "./command-body.js";
import { showAnswer } from "./run-command.js";

/** `bfa discover` */
const discoverCommand: CommandBody<RunArguments> = {
  builder: (yargs) =>
    withRunOptions(yargs, "discover")
      .example("$0 discover", "counts by class and quote asset, and what is new or gone since the last time")
      .example("$0 discover --json", "the same with all names"),
  handler: async (args) => {
    const { discover } = await import("../../run/discover.js");
    await showAnswer(args, runOptionsOf(args), discover, discoveryAnswer, discoveryText);
  },
};

export default discoverCommand;
