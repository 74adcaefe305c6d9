import { createRequire } from "node:module";
import type * as Types from "@duckdb/node-api";

/**
 * DuckDB's client, loaded by `require`. It is CommonJS in 124 files, and an `import` has Node scan each of them for the
 * names that it exports: 180 ms against 90 at every start of a command. Other types are imported from the package as usual.
 */
const duckdb = createRequire(import.meta.url)("@duckdb/node-api") as typeof Types;

export const {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBUnionValue,
  INTEGER,
  LIST,
  listValue,
  StatementType,
  UINTEGER,
  USMALLINT,
  VARCHAR,
} = duckdb;

export type DuckDBDataChunk = Types.DuckDBDataChunk;
export type DuckDBDateValue = Types.DuckDBDateValue;
export type DuckDBInstance = Types.DuckDBInstance;
export type DuckDBTimestampValue = Types.DuckDBTimestampValue;
