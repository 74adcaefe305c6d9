import type { CommandModule } from "yargs";
import { number, plural } from "../../text/numbers.js";
import { printable } from "../../text/printable.js";
import { dbOption } from "../args/query-options.js";
import { nonEmpty } from "../args/readers.js";

interface ImportArguments {
  file: string;
  json: boolean;
  db: string;
}

/** `bfa import` */
const importCommand: CommandModule<object, ImportArguments> = {
  command: "import <file>",
  describe: "Take over the daily_availability of another DuckDB file",
  builder: (yargs) =>
    yargs
      .positional("file", {
        describe: "a database with the seed's schema, or another of ours; it is only read",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("file"),
      })
      .options({ json: { describe: "one JSON object", boolean: true, default: false }, db: dbOption })
      .epilogue(
        "Cells that the database has already stay as they are. Rows that are no answer of the bucket are refused.",
      ),
  handler: async ({ file, json, db }) => {
    const { openStore } = await import("../../store/open.js");
    const { importFile } = await import("../../store/import.js");
    const { maintain } = await import("../../store/maintain.js");
    const store = await openStore(db);
    try {
      const summary = await importFile(store, file, Date.now());
      await maintain(store);
      if (json) {
        process.stdout.write(`${JSON.stringify(summary, undefined, 2)}\n`);
        return;
      }
      const { rows, imported, known, refused, ignoredColumns } = summary;
      process.stdout.write(
        `${plural(rows, "row")} in ${printable(file)}: ${number(imported)} imported, ${number(known)} known already, ` +
          `${number(refused)} refused\n`,
      );
      if (ignoredColumns.length > 0) {
        process.stdout.write(`columns left out: ${ignoredColumns.map(printable).join(", ")}\n`);
      }
    } finally {
      await store.close();
    }
  },
};

export default importCommand;
