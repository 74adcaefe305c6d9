import { rmSync } from "node:fs";
import type { DuckDBType } from "@duckdb/node-api";
import { DuckDBTypeId } from "../store/duckdb.js";
import { logsOf, pathOf } from "../store/file.js";
import { LEAN_ALLOCATOR, openInstance, querySettings, textLiteral, useDatabase } from "../store/instance.js";

/** The statement, with the columns c0, c1, …; the name should be none that the statement uses. */
const VIEW = `"the answer to copy"`;

/** Types whose values are the same, whether they are converted by DuckDB or by way of JavaScript. */
const SAME: ReadonlySet<number> = new Set([
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DATE,
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.VARCHAR,
]);

/** A statement that was run on a database. */
export interface Statement {
  /** Path of the database. */
  readonly file: string;
  /** A single query. */
  readonly text: string;
  /** The types of its columns. */
  readonly types: readonly DuckDBType[];
}

/**
 * Writes the rows of a statement to a new file by COPY, in an instance that can access only the database and that file.
 *
 * @param columns SQL: the columns of the file, made from c0, c1, …
 * @param options of COPY
 * @returns whether it was written. Where not, reading the rows gives the answer or the reason: some statements, such as
 *   DESCRIBE, can't be copied, and some types are written in the form that JSON has.
 */
export async function copyStatement(
  { file, text, types }: Statement,
  columns: string,
  to: string,
  options: string,
): Promise<boolean> {
  if (!types.every(({ typeId, alias }) => SAME.has(typeId) && alias === undefined)) return false;
  const path = pathOf(file);
  try {
    const files = [path, ...logsOf(path), to];
    const instance = await openInstance({
      main: ":memory:",
      files,
      settings: { ...querySettings(), ...LEAN_ALLOCATOR },
    });
    try {
      const { connection } = instance;
      // Without a name, it has the one by which the statement may call it.
      await connection.run(`ATTACH ${textLiteral(path)} (READ_ONLY)`);
      const found = await connection.runAndReadAll(
        "SELECT database_name FROM duckdb_databases() WHERE path IS NOT NULL",
      );
      await useDatabase(connection, String(found.getRows()[0]?.[0]));
      // At the end of the statement any comment or semicolon of the text does no harm.
      await connection.run(`CREATE TEMP VIEW ${VIEW} (${types.map((_, at) => `c${at}`).join(", ")}) AS ${text}`);
      await connection.run(
        `COPY (SELECT ${columns} FROM temp.${VIEW}) TO ${textLiteral(to)} (${options}, USE_TMP_FILE false)`,
      );
      return true;
    } finally {
      instance.close();
    }
  } catch {
    rmSync(to, { force: true });
    return false;
  }
}
