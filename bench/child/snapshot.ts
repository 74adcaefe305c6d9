/**
 * A bare Node program that prints the symbols of a day with their files' sizes and upload times as JSON, by DuckDB's
 * client alone. Arguments: the database and the day.
 */
import { DuckDBInstance } from "@duckdb/node-api";

const [, , db = "", day = ""] = process.argv;
const instance = await DuckDBInstance.create(db, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
const found = await connection.runAndReadAll(
  `SELECT symbol, file_size_bytes, last_modified FROM daily_availability WHERE date = $day::DATE AND available
    ORDER BY symbol`,
  { day },
);
process.stdout.write(`${JSON.stringify({ rows: found.getRowObjectsJson() })}\n`);
connection.closeSync();
instance.closeSync();
