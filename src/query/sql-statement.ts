import { positional, required, text } from "./arguments.js";
import { defineFreeQuery } from "./define.js";
import { sql } from "./sql.js";

/** Any query in SQL. */
export default defineFreeQuery({
  name: "sql",
  summary: "Any other query, in DuckDB's SQL; read-only",
  notes: `\`SHOW TABLES\` lists the tables, \`DESCRIBE daily_availability\` the columns of one. No other file can be read.
Times are in UTC. Whole numbers beyond ±(2^53 - 1) are texts in JSON; BLOBs are hexadecimal.`,
  args: { statement: positional(required({ ...text("one statement; - reads it from stdin"), fromStdin: true })) },
  examples: [
    { args: { statement: "SELECT count(*) FROM daily_availability" }, about: "the number of rows in the database" },
    { args: { statement: "FROM runs ORDER BY run_id DESC LIMIT 5" }, about: "the last runs" },
  ],
  run: (file, { statement }) => sql(file, statement),
});
