import type { DuckDBConnection } from "@duckdb/node-api";
import { formatDay } from "../calendar/day.js";
import { EVER } from "../calendar/span.js";
import { BfaError, StoreError } from "../errors.js";
import { isSymbol } from "../vision/symbol.js";
import { WRONG_COUNTS } from "./counts.js";
import type { Store } from "./database.js";
import { identifier } from "./instance.js";
import { numberOf } from "./numbers.js";
import { TABLES } from "./schema/own-names.js";

/** Bounds of every day and time that can be stored. */
const [FROM, TO] = [formatDay(EVER.from), formatDay(EVER.to)];

/** Maximum length of a text; URLs of endpoints are far shorter. */
const MAX_TEXT = 2_000;

/** Defects that no sound database has. */
const DEFECTS: readonly { sql: string; what: string }[] = [
  {
    what: "rows can't be answers of the bucket",
    sql: `SELECT count(*) FROM availability WHERE status_code NOT IN (200, 404) OR available <> (status_code = 200)
      OR available <> (file_size_bytes IS NOT NULL) OR available <> (last_modified IS NOT NULL)`,
  },
  {
    what: "cells appear twice",
    sql: "SELECT count(*) FROM (SELECT 1 FROM availability GROUP BY date, symbol HAVING count(*) > 1)",
  },
  {
    what: "captures of contracts appear twice",
    sql: "SELECT count(*) FROM (SELECT 1 FROM contract_captures GROUP BY captured_at HAVING count(*) > 1)",
  },
  {
    what: "days have counts that differ from their rows",
    sql: `SELECT count(*) FROM (${WRONG_COUNTS})`,
  },
];

/** SQL: the condition for impossible values of a type in a table of this project. */
function impossible(column: string, type: string): string | undefined {
  const name = identifier(column);
  if (type === "DATE" || type.startsWith("TIMESTAMP"))
    return `${name} NOT BETWEEN '${FROM}'::${type} AND '${TO}'::${type}`;
  if (type === "VARCHAR") return `length(${name}) > ${MAX_TEXT} OR regexp_matches(${name}, '[\\x00-\\x1f\\x7f-\\x9f]')`;
  if (/^(?:SMALLINT|INTEGER|BIGINT)$/.test(type)) return `${name} NOT BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`;
  return undefined;
}

/**
 * Describes content that no run writes: impossible values, wrong counts, names that are not symbols. Undefined if there
 * is none. Reads every row.
 */
export async function defectOf(connection: DuckDBConnection): Promise<string | undefined> {
  for (const table of TABLES.keys()) {
    const found = await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE ${table})`);
    for (const [column, type] of found.getRows()) {
      const wrong = impossible(String(column), String(type));
      const count =
        wrong === undefined ? 0 : await numberOf(connection, `SELECT count(*) FROM ${table} WHERE ${wrong}`);
      if (count > 0) return `${count} rows of ${table} have an impossible ${String(column)}`;
    }
  }
  for (const { sql, what } of DEFECTS) {
    const count = await numberOf(connection, sql);
    if (count > 0) return `${count} ${what}`;
  }
  const symbols = await connection.runAndReadAll(
    "SELECT DISTINCT symbol FROM availability UNION SELECT symbol FROM symbols UNION SELECT symbol FROM changes UNION SELECT symbol FROM contracts",
  );
  const strange = symbols.getRows().find(([symbol]) => !isSymbol(String(symbol)));
  return strange === undefined ? undefined : `${JSON.stringify(strange[0])} is not a symbol`;
}

/**
 * Runs a query. If it fails unexpectedly, the file is to blame if it contains something that no run writes; otherwise
 * it is a bug in the query.
 *
 * @throws what `question` throws; StoreError when the file is to blame
 */
export async function answerFrom<Result>(store: Store, question: () => Promise<Result>): Promise<Result> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof BfaError) throw error;
    const defect = await defectOf(store.connection);
    if (defect === undefined) throw error;
    throw new StoreError("STORE_FOREIGN", `${store.file} contains data that no run writes: ${defect}`, {
      cause: error,
    });
  }
}
