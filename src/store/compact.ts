import type { DuckDBConnection } from "@duckdb/node-api";
import { chmodSync, realpathSync, renameSync, statSync } from "node:fs";
import { dayNumber } from "../calendar/sql.js";
import { DuckDBDateValue } from "./duckdb.js";
import { LAYOUT, ORDER_IN_BLOCK } from "./layout.js";
import { attach, compactionFile, removeLeftovers } from "./file.js";
import type { Store } from "./open.js";
import { AVAILABILITY_COLUMNS, migrate } from "./schema/migrate.js";
import { inTransaction } from "./transaction.js";

/**
 * Rewrites the file without garbage and with its rows in the order of {@link LAYOUT}: into a new file, which takes the old one's
 * name once it is whole. Killed at any instant, either the old or the new file is there, both with the same rows. The
 * lock is never let go: the old file's is held until after the new file's is.
 *
 * Rewriting within the file was tried: it leaves the old blocks as a hole at its front, and the file twice as large.
 *
 * Afterwards the store can be read and closed; nothing must be written to it, since DuckDB would look for the log of
 * such writes under the new file's first name.
 */
export async function compact(store: Store): Promise<void> {
  const { connection } = store;
  const file = realpathSync(store.file);
  const fresh = compactionFile(file);
  removeLeftovers(file);
  // Empties the log: it has the file's name and must not be taken for that of the new file.
  await connection.run("CHECKPOINT store");
  try {
    await attach(connection, fresh, "compacted");
    await connection.run("USE compacted");
    await migrate(connection, 0);
    await inTransaction(connection, () => copyTables(store));
    await connection.run("CHECKPOINT compacted");
    chmodSync(fresh, statSync(file).mode);
    renameSync(fresh, file);
  } catch (error) {
    await connection.run("USE store; DETACH DATABASE IF EXISTS compacted");
    removeLeftovers(file);
    throw error;
  }
  await connection.run("DETACH store");
}

/** Copies every table from `store` to the empty ones of `compacted`, inside a transaction. */
async function copyTables({ connection }: Store): Promise<void> {
  // Block by block, since sorting the whole history at once takes 100 MiB for each million rows.
  for (const block of await dayBlocks(connection)) {
    await connection.run(
      `INSERT INTO compacted.availability
        SELECT ${AVAILABILITY_COLUMNS} FROM store.availability
        WHERE date BETWEEN $first AND $last ORDER BY ${ORDER_IN_BLOCK}`,
      {
        first: new DuckDBDateValue(block * LAYOUT.blockDays),
        last: new DuckDBDateValue((block + 1) * LAYOUT.blockDays - 1),
      },
    );
  }
  await connection.run("DELETE FROM compacted.store_info");
  for (const table of ["daily_symbol_counts", "runs", "units", "symbols", "replacements", "store_info"]) {
    await connection.run(`INSERT INTO compacted.${table} SELECT * FROM store.${table}`);
  }
  await connection.run(
    "UPDATE compacted.store_info SET compacted_rows = (SELECT count(*) FROM compacted.availability)",
  );
}

/** The blocks of days that have rows, ascending: block n begins n × {@link LAYOUT.blockDays} days after 1970-01-01. */
async function dayBlocks(connection: DuckDBConnection): Promise<number[]> {
  const found = await connection.runAndReadAll(
    `SELECT DISTINCT ${dayNumber("date")} // ${LAYOUT.blockDays} AS block FROM store.availability ORDER BY block`,
  );
  return found.getRows().map(([block]) => Number(block));
}
