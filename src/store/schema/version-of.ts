import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../../errors.js";
import { identifier } from "../instance.js";
import { SCHEMA_VERSION } from "./migrate.js";
import { namesOf, otherTable, shadowedFunction, strangeName } from "./own-names.js";

/**
 * The schema version of an attached file; 0 if it is empty. Reads nothing before it has ensured that this project's
 * names are its plain tables: anything else in their place is code.
 *
 * @param file name of the file in messages
 * @param database name under which it is attached
 * @throws StoreError when the file belongs to something else, has a newer schema, or was tampered with
 */
export async function versionOf(file: string, connection: DuckDBConnection, database: string): Promise<number> {
  const names = await namesOf(connection, database);
  if (names.length === 0) return 0;
  if (!names.some(({ name }) => name.toLowerCase() === "store_info")) {
    const message = `${file} is a DuckDB file of another program: name another file, or import its rows with \`bfa import\``;
    throw new StoreError("STORE_FOREIGN", message);
  }
  refuse(file, strangeName(names));
  const version = await storedVersion(file, connection, database);
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      "STORE_NEWER_SCHEMA",
      `${file} has schema version ${version}, but this package only knows ${SCHEMA_VERSION}: update binance-futures-availability`,
    );
  }
  if (version < SCHEMA_VERSION) return version;
  refuse(file, otherTable(names));
  const shadowed = await shadowedFunction(connection, database);
  if (shadowed === undefined) return version;
  throw new StoreError(
    "STORE_FOREIGN",
    `a macro in ${file} replaces DuckDB's ${shadowed}, which daily_availability calls: drop it, or name another file`,
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
