import { createRequire } from "node:module";
import type * as Types from "@duckdb/node-api";

/**
 * DuckDB's client, loaded by `require`. It is CommonJS in 124 files, and with `import` Node scans each of them for
 * exported names: 180 ms instead of 90 at every start of a command. Types are imported from the package as usual.
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
  UBIGINT,
  UINTEGER,
  USMALLINT,
  VARCHAR,
} = duckdb;

export type DuckDBDataChunk = Types.DuckDBDataChunk;
export type DuckDBDateValue = Types.DuckDBDateValue;
export type DuckDBInstance = Types.DuckDBInstance;
export type DuckDBTimestampValue = Types.DuckDBTimestampValue;
