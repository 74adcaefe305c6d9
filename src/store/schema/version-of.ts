import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../../errors.js";
import { identifier } from "../instance.js";
import { SCHEMA_VERSION } from "./migrate.js";
import { namesOf, otherTable, shadowedFunction, strangeName } from "./own-names.js";

/**
 * The version of an attached file's schema; 0 when there is nothing in it. Looks into nothing before it is sure that the
 * names of this project are its plain tables: whatever else a file has in their place is code.
 *
 * @param file how messages call the file
 * @param database name that it is attached under
 * @throws StoreError when the file is something else's, of a newer schema, or was tampered with
 */
export async function versionOf(file: string, connection: DuckDBConnection, database: string): Promise<number> {
  const names = await namesOf(connection, database);
  if (names.length === 0) return 0;
  if (!names.some(({ name }) => name.toLowerCase() === "store_info")) {
    const message = `${file} is a DuckDB file of something else: name another file, or take over its rows with \`bfa import\``;
    throw new StoreError("STORE_FOREIGN", message);
  }
  refuse(file, strangeName(names));
  const version = await storedVersion(file, connection, database);
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      "STORE_NEWER_SCHEMA",
      `${file} has schema version ${version}, this package knows ${SCHEMA_VERSION}: update binance-futures-availability`,
    );
  }
  if (version < SCHEMA_VERSION) return version;
  refuse(file, otherTable(names));
  const shadowed = await shadowedFunction(connection, database);
  if (shadowed === undefined) return version;
  throw new StoreError(
    "STORE_FOREIGN",
    `a macro in ${file} takes the place of DuckDB's ${shadowed}, which daily_availability calls: drop it, or name another file`,
  );
}

async function storedVersion(file: string, connection: DuckDBConnection, database: string): Promise<number> {
  const info = await connection.runAndReadAll(
    `SELECT schema_version FROM ${identifier(database)}.main.store_info LIMIT 2`,
  );
  const versions = info.getRows().map(([version]) => Number(version));
  const [version = 0] = versions;
  if (versions.length !== 1 || !Number.isInteger(version) || version < 0) refuse(file, "store_info");
  return version;
}

function refuse(file: string, name: string | undefined): void {
  if (name === undefined) return;
  throw new StoreError(
    "STORE_FOREIGN",
    `${name} in ${file} is not this package's own: restore it, or name another file`,
  );
}
