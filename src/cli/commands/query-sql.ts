import type { CommandModule } from "yargs";
import { dbOption, formatOption } from "../args/query-options.js";
import { chosenFormat, printRows, type Cell, type Format } from "../output/render.js";
import { nonEmpty } from "../args/readers.js";

interface SqlArguments {
  statement: string;
  db: string;
  format: Format | undefined;
}

/** `bfa query sql` */
const sqlCommand: CommandModule<object, SqlArguments> = {
  command: "sql <statement>",
  describe: "Any other question, in DuckDB's SQL; read-only",
  builder: (yargs) =>
    yargs
      .positional("statement", {
        describe: "one statement",
        type: "string",
        demandOption: true,
        coerce: nonEmpty("statement"),
      })
      .options({ format: formatOption, db: dbOption })
      .example('$0 query sql "SELECT count(*) FROM daily_availability"', "rows in the database")
      .epilogue(
        "Tables: daily_availability, daily_symbol_counts, symbols, runs, units, replacements. No other file can be read.",
      ),
  handler: async ({ statement, db, format }) => {
    const { sql } = await import("../../query/sql.js");
    const { columns, rows } = await sql(db, statement);
    const cells = rows.map((row) => Object.fromEntries(columns.map((name) => [name, cellOf(row[name])])));
    await printRows(columns, cells, chosenFormat(format));
  },
};

/** Lists and structs have no cell of their own: they are shown as JSON. */
function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}

export default sqlCommand;
