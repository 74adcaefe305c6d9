import { createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { UsageError } from "../../errors.js";
import { BIGINT, BOOLEAN, DOUBLE, DuckDBDataChunk, DuckDBInstance, UBIGINT, VARCHAR } from "../../store/duckdb.js";
import { identifier, INSTANCE_OPTIONS, textLiteral } from "../../store/instance.js";
import { makeTemporaryFolder } from "../../store/temporary-folder.js";
import { columnNames, type Answer, type CellValue, type Column, type ColumnKind } from "../../text/columns.js";

/** Maximum rows of a DuckDB data chunk. */
const CHUNK_ROWS = 2048;

/** Beyond this limit DuckDB moves rows to disk. Each further thread would hold rows too. */
const MEMORY = { memory_limit: "64MB", threads: "1" } as const;

/** COPY's options. Row groups have half of DuckDB's default size, because each stays in memory until it is complete. */
const FORMAT = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440";

/** The type of each kind of column in the temporary database, and in the file. */
const TYPES = {
  date: { held: VARCHAR, written: "DATE" },
  time: { held: VARCHAR, written: "TIMESTAMP" },
  symbol: { held: VARCHAR, written: "VARCHAR" },
  text: { held: VARCHAR, written: "VARCHAR" },
  flag: { held: BOOLEAN, written: "BOOLEAN" },
  bytes: { held: BIGINT, written: "BIGINT" },
  count: { held: BIGINT, written: "BIGINT" },
  integer: { held: BIGINT, written: "BIGINT" },
  number: { held: DOUBLE, written: "DOUBLE" },
  ratio: { held: DOUBLE, written: "DOUBLE" },
  value: { held: VARCHAR, written: "VARCHAR" },
} as const;

const UNSIGNED = { held: UBIGINT, written: "UBIGINT" } as const;

/**
 * The rows as a Parquet file, compressed with zstd. Times are TIMESTAMPs in UTC; lists and objects are JSON strings.
 *
 * @throws UsageError when there are no columns, or a whole number doesn't fit in 64 bits.
 */
export async function* parquetPieces(answer: Answer): AsyncGenerator<Uint8Array> {
  const temporary = makeTemporaryFolder(tmpdir());
  try {
    const file = join(temporary.path, "answer.parquet");
    await writeParquet(answer, join(temporary.path, "rows.duckdb"), file);
    for await (const piece of createReadStream(file)) yield piece as Uint8Array;
  } finally {
    temporary.remove();
  }
}

/** Collects the rows in a temporary database, because compression needs many rows at a time. */
async function writeParquet(answer: Answer, database: string, file: string): Promise<void> {
  const names = columnNames(answer);
  if (names.length === 0) throw new UsageError("parquet needs columns, and this answer has none");
  const types = names.map((name) => typeOf(answer.columns[name]));
  const written = types.map(({ written }, at) => `c${at}::${written} AS ${identifier(names[at] ?? "")}`).join(", ");
  if ((await answer.copy?.(written, file, FORMAT)) === true) return;
  const instance = await DuckDBInstance.create(database, { ...INSTANCE_OPTIONS, ...MEMORY });
  try {
    const connection = await instance.connect();
    const held = types.map(({ held }, at) => `c${at} ${held.toString()}`);
    await connection.run(`SET preserve_insertion_order = true; CREATE TABLE held (${held.join(", ")})`);
    await appendRows(connection, answer, names, types);
    await connection.run(`COPY (SELECT ${written} FROM held) TO ${textLiteral(file)} (${FORMAT})`);
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}

async function appendRows(
  connection: DuckDBConnection,
  answer: Answer,
  names: readonly string[],
  types: readonly FieldType[],
): Promise<void> {
  const chunk = DuckDBDataChunk.create(types.map(({ held }) => held));
  const appender = await connection.createAppender("held");
  for await (const rows of answer.rows) {
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const some = rows.slice(start, start + CHUNK_ROWS);
      chunk.reset();
      chunk.rowCount = some.length;
      types.forEach((type, at) => {
        const name = names[at] ?? "";
        chunk.setColumnValues(
          at,
          some.map((row) => heldValue(row[name] ?? null, type, name)),
        );
      });
      appender.appendDataChunk(chunk);
    }
  }
  appender.closeSync();
}

function heldValue(value: CellValue, { held }: FieldType, name: string): DuckDBValue {
  if (value === null) return null;
  if (held === BIGINT || held === UBIGINT) {
    const whole = BigInt(value as number | string);
    const fitting = held === BIGINT ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole);
    if (fitting !== whole) throw new UsageError(`${name}: ${whole} doesn't fit into Parquet's 64-bit integers`);
    return whole;
  }
  return typeof value === "object" ? JSON.stringify(value) : value;
}

/** The type of a column in the temporary database, and in the file. */
type FieldType = (typeof TYPES)[ColumnKind] | typeof UNSIGNED;

function typeOf(column: Column | undefined): FieldType {
  return column?.isUnsigned === true ? UNSIGNED : TYPES[column?.kind ?? "value"];
}
