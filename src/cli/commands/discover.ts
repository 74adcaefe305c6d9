import type { CommandModule } from "yargs";
import { runOptionsOf, withRunOptions, type RunArguments } from "../args/run-options.js";
import { discoveryAnswer, discoveryText } from "../output/discovery.js";
import { showAnswer } from "./run-command.js";

/** `bfa discover` */
const discoverCommand: CommandModule<object, RunArguments> = {
  command: "discover",
  describe: "List the bucket for its symbols and record them; none is ever forgotten",
  builder: (yargs) =>
    withRunOptions(yargs, "discover")
      .example("$0 discover", "classes and quote assets, and what is new or gone since last time")
      .example("$0 discover --json", "the same with every name"),
  handler: async (args) => {
    const { discover } = await import("../../run/discover.js");
    await showAnswer(args, runOptionsOf(args), discover, discoveryAnswer, discoveryText);
  },
};

export default discoverCommand;
