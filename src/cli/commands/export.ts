import type { CommandModule } from "yargs";
import type { Day } from "../../calendar/day.js";
import { plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { day, dayRange, dbOption, given } from "../args/query-options.js";
import { nonEmpty } from "../args/readers.js";

interface ExportArguments {
  format: "parquet" | "csv";
  out: string;
  from: Day | undefined;
  to: Day | undefined;
  db: string;
}

/** `bfa export` */
const exportCommand: CommandModule<object, ExportArguments> = {
  command: "export",
  describe: "Write daily_availability to a Parquet or CSV file",
  builder: (yargs) =>
    yargs.options({
      format: { describe: "of the file", choices: ["parquet", "csv"] as const, demandOption: true, requiresArg: true },
      out: { describe: "file to write", string: true, requiresArg: true, demandOption: true, coerce: nonEmpty("out") },
      from: { describe: "first UTC day", string: true, requiresArg: true, coerce: day("--from") },
      to: { describe: "last UTC day", string: true, requiresArg: true, coerce: day("--to") },
      db: dbOption,
    }),
  handler: async ({ db, format, out, from, to }) => {
    if (to !== undefined) dayRange(from, to);
    const { exportRows } = await import("../../query/export.js");
    const rows = await exportRows(db, { format, out, ...given({ from, to }) });
    process.stderr.write(`bfa: ${plural(rows, "row")} written to ${printable(out)}\n`);
  },
};

export default exportCommand;
