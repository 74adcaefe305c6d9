import duckdb from "@duckdb/node-bindings";
import { dateOfDay } from "../../calendar/sql.js";
import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { BATCH_ROWS, type RowBatch } from "../../rows/batch.js";
import { DOUBLE, DuckDBDataChunk, INTEGER, UINTEGER, USMALLINT } from "../duckdb.js";

const TYPES = [UINTEGER, INTEGER, USMALLINT, DOUBLE, DOUBLE, DOUBLE];

/** The columns of a batch in the stage table's order. */
function columnsOf(rows: RowBatch) {
  return [rows.symbol, rows.day, rows.status, rows.size, rows.lastModified, rows.probedAt];
}

/**
 * Creates `stage`, an empty TEMP table that takes batches as they are (symbol index, day number, ms), in place of an
 * earlier one; and once for the connection `incoming`, a view of it in the columns of `daily_availability`.
 */
export async function resetStage(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE stage (symbol_index UINTEGER, day INTEGER, status USMALLINT, size DOUBLE,
      last_modified DOUBLE, probed_at DOUBLE)`,
  );
}

/** Creates the TEMP table that says which symbol an index of the stage means, and the view that joins the two. */
export async function createIncoming(connection: DuckDBConnection, symbols: readonly string[]): Promise<void> {
  await connection.run("CREATE OR REPLACE TEMP TABLE run_symbols (symbol_index UINTEGER, symbol VARCHAR)");
  const appender = await connection.createAppender("run_symbols", "main", "temp");
  symbols.forEach((symbol, index) => {
    appender.appendUInteger(index);
    appender.appendVarchar(symbol);
    appender.endRow();
  });
  appender.closeSync();
  await resetStage(connection);
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW incoming AS
      SELECT ${dateOfDay("day")} AS date, symbol, status = 200 AS available,
        CASE WHEN status = 200 THEN size::BIGINT END AS file_size_bytes,
        CASE WHEN status = 200 THEN epoch_ms(last_modified::BIGINT)::TIMESTAMP_S END AS last_modified,
        status::SMALLINT AS status_code, epoch_ms(probed_at::BIGINT)::TIMESTAMP_MS AS probe_timestamp
      FROM temp.stage JOIN temp.run_symbols USING (symbol_index)`,
  );
}

/** Copies the columns of row batches straight into data chunks of the stage table. */
export async function appendToStage(connection: DuckDBConnection, batches: Iterable<RowBatch>): Promise<void> {
  const appender = await connection.createAppender("stage", "main", "temp");
  try {
    const chunk = DuckDBDataChunk.create(TYPES);
    for (const rows of batches) appendRows(appender, chunk, rows);
  } finally {
    appender.closeSync();
  }
}

function appendRows(appender: DuckDBAppender, chunk: DuckDBDataChunk, rows: RowBatch): void {
  for (let start = 0; start < rows.count; start += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows.count - start);
    chunk.rowCount = count;
    columnsOf(rows).forEach((column, index) => {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      const { BYTES_PER_ELEMENT: width, buffer, byteOffset } = column;
      duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset + start * width, count * width);
    });
    appender.appendDataChunk(chunk);
  }
}
