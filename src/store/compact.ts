import type { DuckDBConnection } from "@duckdb/node-api";
import { chmodSync, chownSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { dayNumber } from "../calendar/sql.js";
import { catalogOf, copyOtherTables, ownTablesOf } from "./catalog.js";
import type { WritableStore } from "./database.js";
import { DuckDBDateValue } from "./duckdb.js";
import { attach } from "./attach.js";
import { useDatabase } from "./instance.js";
import { LAYOUT, ORDER_IN_BLOCK } from "./layout.js";
import { AVAILABILITY_COLUMNS } from "./schema/migrate.js";
import { inTransaction } from "./transaction.js";

/**
 * Rewrites a working copy without garbage and with its rows in the order of {@link LAYOUT}: into a new file, which
 * replaces it once it is complete. Everything that users put into the file is kept; if that isn't possible, or
 * something would be lost, the copy is left unchanged.
 *
 * Rewriting inside the file was tried: it leaves the old blocks as a hole at the front, and the file twice as large.
 *
 * Afterwards the store can be read and closed, but must not be written to: DuckDB would look for the log of such writes
 * under the new file's initial name.
 *
 * @returns why the file was not rewritten, as text; undefined if it was
 * @throws what DuckDB or the file system throws when there is no room or the file is damaged
 */
export async function compact(store: WritableStore): Promise<string | undefined> {
  const { connection, path, scratch } = store;
  const fresh = join(scratch, "compacted.duckdb");
  removeFresh(fresh);
  // Empty the log: it is named after the file and must not be mistaken for the log of the new file.
  await connection.run("CHECKPOINT store");
  try {
    await attach(connection, fresh, "compacted");
    const { uid, gid, mode } = statSync(path);
    if (process.geteuid?.() === 0) chownSync(fresh, uid, gid);
    chmodSync(fresh, mode & 0o7777);
    const reason = await copyOthers(connection);
    if (reason !== undefined) {
      await dropFresh(connection, fresh);
      return reason;
    }
    await inTransaction(connection, () => copyOwnTables(connection));
    await connection.run("CHECKPOINT compacted");
    renameSync(fresh, path);
  } catch (error) {
    await dropFresh(connection, fresh);
    throw error;
  }
  await useDatabase(connection, "compacted");
  await connection.run("DETACH store");
  return undefined;
}

/** Tables whose rows are sorted. */
const ORDERED = ["availability", "daily_volumes"];

/** SQL: the number of rows that decides whether compacting a database is worthwhile. */
export function rowCountSql(database: string): string {
  return `(${ORDERED.map((table) => `(SELECT count(*) FROM ${database}.${table})`).join(" + ")})`;
}

async function dropFresh(connection: DuckDBConnection, fresh: string): Promise<void> {
  await connection.run("DETACH DATABASE IF EXISTS compacted");
  removeFresh(fresh);
}

function removeFresh(fresh: string): void {
  for (const file of [fresh, `${fresh}.wal`]) rmSync(file, { force: true });
}

/** Creates all tables, views and other objects in `compacted`, and fills the tables that users made. */
async function copyOthers(connection: DuckDBConnection): Promise<string | undefined> {
  try {
    await connection.run("COPY FROM DATABASE store TO compacted (SCHEMA)");
    await copyOtherTables(connection);
  } catch (error) {
    // With a full disk there is no point in continuing.
    if (!(error instanceof Error) || /^(IO|Fatal|Internal|Out of Memory) /.test(error.message)) throw error;
    return `something in it can't be carried over (${error.message.split("\n", 1)[0] ?? ""})`;
  }
  const [before, after] = [await catalogOf(connection, "store"), await catalogOf(connection, "compacted")];
  return before === after ? undefined : "something in it would be lost";
}

/** Copies every table of this project from `store` to the empty ones of `compacted`, inside a transaction. */
async function copyOwnTables(connection: DuckDBConnection): Promise<void> {
  // Block by block, because sorting the whole history at once takes 100 MiB per million rows.
  for (const block of await dayBlocks(connection, "availability")) {
    await connection.run(
      `INSERT INTO compacted.availability
        SELECT ${AVAILABILITY_COLUMNS} FROM store.availability
        WHERE date BETWEEN $first AND $last ORDER BY ${ORDER_IN_BLOCK}`,
      block,
    );
  }
  for (const block of await dayBlocks(connection, "daily_volumes")) {
    await connection.run(
      `INSERT INTO compacted.daily_volumes FROM store.daily_volumes
        WHERE date BETWEEN $first AND $last ORDER BY symbol, date`,
      block,
    );
  }
  for (const table of await ownTablesOf(connection, "store")) {
    if (!ORDERED.includes(table)) await connection.run(`INSERT INTO compacted.${table} SELECT * FROM store.${table}`);
  }
  await connection.run(
    `UPDATE compacted.store_info SET compacted_rows = ${rowCountSql("compacted")}, compacted_bytes = NULL`,
  );
}

/** The blocks of days for which a table has rows: block n begins n × {@link LAYOUT.blockDays} days after 1970-01-01. */
async function dayBlocks(
  connection: DuckDBConnection,
  table: string,
): Promise<{ first: DuckDBDateValue; last: DuckDBDateValue }[]> {
  const found = await connection.runAndReadAll(
    `SELECT DISTINCT ${dayNumber("date")} // ${LAYOUT.blockDays} AS block FROM store.${table} ORDER BY block`,
  );
  return found.getRows().map(([block]) => ({
    first: new DuckDBDateValue(Number(block) * LAYOUT.blockDays),
    last: new DuckDBDateValue((Number(block) + 1) * LAYOUT.blockDays - 1),
  }));
}
