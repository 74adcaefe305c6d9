import duckdb from "@duckdb/node-bindings";
import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { BATCH_ROWS, columnsOf, type Batch } from "../../rows/batch.js";
import type { ColumnType, RowKind } from "../../rows/columns.js";
import { DOUBLE, DuckDBDataChunk, INTEGER, UINTEGER, USMALLINT } from "../duckdb.js";

/** DuckDB's types with the same width as a batch's arrays, so that columns are copied unchanged. */
const STAGE_TYPES = {
  uint16: USMALLINT,
  uint32: UINTEGER,
  int32: INTEGER,
  float64: DOUBLE,
} as const satisfies Record<ColumnType, unknown>;

/**
 * A TEMP table for unconverted batches of one kind (symbol index, day number, ms). Its columns are those of the kind,
 * with snake_case names: `symbolIndex` is `symbol_index`.
 */
export class Stage<Kind extends RowKind> {
  /** @param table name of the table */
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly kind: Kind,
    private readonly table = "stage",
  ) {}

  /** Creates the empty table, replacing an earlier one. */
  async reset(): Promise<void> {
    const columns = Object.entries<ColumnType>(this.kind).map(
      ([name, type]) => `${sqlName(name)} ${STAGE_TYPES[type].toString()}`,
    );
    await this.connection.run(`CREATE OR REPLACE TEMP TABLE ${this.table} (${columns.join(", ")})`);
  }

  /** Copies the columns of batches directly into data chunks of the table. */
  async append(batches: Iterable<Batch<Kind>>): Promise<void> {
    const appender = await this.connection.createAppender(this.table, "main", "temp");
    try {
      const types = Object.values<ColumnType>(this.kind).map((type) => STAGE_TYPES[type]);
      const chunk = DuckDBDataChunk.create(types);
      for (const rows of batches) appendRows(appender, chunk, rows);
    } finally {
      appender.closeSync();
    }
  }
}

function appendRows(appender: DuckDBAppender, chunk: DuckDBDataChunk, rows: Batch<RowKind>): void {
  const columns = columnsOf(rows);
  for (let start = 0; start < rows.count; start += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows.count - start);
    chunk.rowCount = count;
    for (const [index, [, column]] of columns.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      const { BYTES_PER_ELEMENT: width, buffer, byteOffset } = column;
      duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset + start * width, count * width);
    }
    appender.appendDataChunk(chunk);
  }
}

/** `symbolIndex` as `symbol_index`. */
function sqlName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
