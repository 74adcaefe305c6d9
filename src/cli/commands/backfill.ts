import { formatDay } from "../../calendar/day.js";
import { BREAKER_CELLS, COMMAND_DEFAULTS } from "../../run/defaults.js";
import { DEFAULT_DATASET } from "../../vision/datasets/default.js";
import { pastDate, shareOf } from "../args/readers.js";
import { probeOptionsOf, withProbeOptions, type ProbeArguments } from "../args/run-options.js";
import { planAnswer, planText } from "../output/plan.js";
import type { CommandBody } from "./command-body.js";
import { showAnswer, showRun } from "./run-command.js";

interface BackfillArguments extends ProbeArguments {
  from: string | undefined;
  to: string | undefined;
  refresh: boolean;
  "dry-run": boolean;
  "max-failure-rate": number | undefined;
}

/** `bfa backfill` */
const backfillCommand: CommandBody<BackfillArguments> = {
  builder: (yargs) =>
    withProbeOptions(yargs, "backfill")
      .options({
        from: {
          describe: "first UTC day",
          string: true,
          requiresArg: true,
          coerce: pastDate("from"),
          defaultDescription: `${formatDay(DEFAULT_DATASET.firstPeriod)}, the first day with a file`,
        },
        to: {
          describe: "last UTC day",
          string: true,
          requiresArg: true,
          coerce: pastDate("to"),
          defaultDescription: "yesterday",
        },
        refresh: { describe: "probe again even cells that are final", boolean: true, default: false },
        "dry-run": { describe: "print the plan and stop", boolean: true, default: false },
        "max-failure-rate": {
          describe: `stop when more than this share fails, after ${BREAKER_CELLS} probes; by LIST, also of all symbols`,
          string: true,
          requiresArg: true,
          coerce: shareOf("max-failure-rate"),
          defaultDescription: `${COMMAND_DEFAULTS.backfill.maxFailureRate * 100}%`,
        },
      })
      .group(["from", "to", "refresh"], "Days:")
      .example("$0 backfill", "everything from 2019-12-31 to yesterday")
      .example("$0 backfill --from 2024-01-01 --to 2024-12-31 --dry-run", "how many requests a year would take")
      .example("$0 backfill --source head --symbols BTCUSDT", "one symbol, with one HEAD per day"),
  handler: async (args) => {
    const { backfill, planBackfill } = await import("../../run/backfill.js");
    const { from, to, refresh } = args;
    const options = { ...probeOptionsOf(args), from, to, refresh, maxFailureRate: args["max-failure-rate"] };
    if (!args["dry-run"]) await showRun(args, options, backfill);
    else await showAnswer(args, options, planBackfill, planAnswer, planText);
  },
};

export default backfillCommand;
