import type { CommandModule } from "yargs";
import type { RunPlan } from "../../run/run.js";
import { bytes } from "../../text/sizes.js";
import { number, plural } from "../../text/numbers.js";
import { runCommand, libraryOptions } from "./run-command.js";
import { withRunOptions, type RunArguments } from "../args/run-options.js";
import { pastDate, shareOf } from "../args/readers.js";

interface BackfillArguments extends RunArguments {
  from: string | undefined;
  to: string | undefined;
  refresh: boolean;
  "dry-run": boolean;
  "max-failure-rate": number;
}

/** `bfa backfill` */
const backfillCommand: CommandModule<object, BackfillArguments> = {
  command: "backfill",
  describe: "Fill a range of days; what is whole already is left alone",
  builder: (yargs) =>
    withRunOptions(yargs)
      .options({
        from: {
          describe: "first UTC day (default: 2019-12-31, the first with any file)",
          string: true,
          requiresArg: true,
          coerce: pastDate("from"),
        },
        to: { describe: "last UTC day (default: yesterday)", string: true, requiresArg: true, coerce: pastDate("to") },
        refresh: { describe: "probe again what is whole already", boolean: true, default: false },
        "dry-run": { describe: "print the plan and stop", boolean: true, default: false },
        "max-failure-rate": {
          describe: "stop when more than this share fails, after 200 probes",
          string: true,
          requiresArg: true,
          coerce: shareOf("max-failure-rate"),
          default: "5%",
        },
      })
      .group(["from", "to", "refresh"], "Days:")
      .example("$0 backfill", "everything from 2019-12-31 to yesterday")
      .example("$0 backfill --from 2024-01-01 --to 2024-12-31 --dry-run", "what a year would cost")
      .example("$0 backfill --source head --symbols BTCUSDT", "one symbol, a HEAD for every day"),
  handler: async (args) => {
    const { backfill, planBackfill } = await import("../../run/backfill.js");
    const { from, to, refresh } = args;
    const range = { refresh, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    if (args["dry-run"]) {
      const plan = await planBackfill({ ...libraryOptions(args), ...range });
      process.stdout.write(`${args.json ? JSON.stringify(plan) : planText(plan)}\n`);
      return;
    }
    await runCommand(args, (options) => backfill({ ...options, ...range, maxFailureRate: args["max-failure-rate"] }));
  },
};

/** The plan for people: units, and what either source would cost. */
function planText({ from, to, symbols, parts }: RunPlan): string {
  const wanted = parts.filter(({ cellCount }) => cellCount > 0);
  const lines = wanted.flatMap(({ source, by, units, cellCount, costs, reason }) => [
    `  ${number(cellCount)} (symbol, day) pairs in ${plural(units, "unit")}, one a ${by}`,
    `    HEAD: ${plural(costs.head.requests, "request")}, about ${bytes(costs.head.bytes)}`,
    `    LIST: ${plural(costs.list.requests, "request")}, about ${bytes(costs.list.bytes)}`,
    `    chosen: ${source.toUpperCase()} (${reason})`,
  ]);
  const head = `backfill ${from} to ${to}, ${plural(symbols, "symbol")}`;
  return [`${head}${lines.length === 0 ? ": nothing to do, all units are whole" : ""}`, ...lines].join("\n");
}

export default backfillCommand;
