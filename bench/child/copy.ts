/**
 * A bare Node program that writes the table of cells of a database to a file by DuckDB's COPY. Arguments: the database,
 * the file, and COPY's options.
 */
import { DuckDBInstance } from "@duckdb/node-api";

const [, , db = "", out = "", options = ""] = process.argv;
const instance = await DuckDBInstance.create(db, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
await connection.run(`COPY (SELECT * FROM daily_availability) TO '${out}' (${options})`);
connection.closeSync();
instance.closeSync();
