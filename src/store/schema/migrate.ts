import type { DuckDBConnection } from "@duckdb/node-api";
import { inTransaction } from "../transaction.js";
import { VERSION_1 } from "./version-1.js";
import { VERSION_2 } from "./version-2.js";
import { VERSION_3 } from "./version-3.js";

/** The columns of the availability table that a probe fills, in order. */
export const PROBED_COLUMNS =
  "date, symbol, available, file_size_bytes, last_modified, status_code, probe_timestamp, etag";

/** All columns of the availability table, in order. */
export const AVAILABILITY_COLUMNS = `${PROBED_COLUMNS}, first_run_id`;

/** SQL: {@link AVAILABILITY_COLUMNS} of new rows found by a run. */
export function columnsFoundBy(runId: number): string {
  return `${PROBED_COLUMNS}, CASE WHEN available THEN ${runId} END AS first_run_id`;
}

/**
 * Migrations from version n to n + 1, at index n: SQL statements run in one transaction. They are frozen texts, one
 * file per version: a released one is never edited, and doesn't depend on constants of the code.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [VERSION_1, VERSION_2, VERSION_3];

/** Version of a file after all migrations. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Runs the migrations after `version` in one transaction; an error undoes all of them. */
export async function migrate(connection: DuckDBConnection, version: number): Promise<void> {
  await inTransaction(connection, async () => {
    for (const statements of MIGRATIONS.slice(version)) {
      for (const statement of statements) await connection.run(statement);
    }
    await connection.run(`UPDATE store_info SET schema_version = ${SCHEMA_VERSION}`);
  });
}
