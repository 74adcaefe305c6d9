/** Rows a batch holds at most: one DuckDB data chunk. */
export const BATCH_ROWS = 2048;

/** Status of a cell whose probe failed. Such a row spoils its unit and is never stored. */
export const FAILED_STATUS = 0;

/**
 * Answers of probes in columns, so that a batch crosses threads by transfer and enters DuckDB by copying arrays.
 * Row i is the i-th element of every column, for i < `count`.
 */
export interface RowBatch {
  count: number;
  /** Index into the run's list of symbols. */
  symbol: Uint32Array<ArrayBuffer>;
  /** Days since 1970-01-01. */
  day: Int32Array<ArrayBuffer>;
  /** 200 (available), 404 (missing) or {@link FAILED_STATUS}. */
  status: Uint16Array<ArrayBuffer>;
  /** Bytes; 0 when missing. */
  size: Float64Array<ArrayBuffer>;
  /** Upload time in ms since the Unix epoch; 0 when missing. */
  lastModified: Float64Array<ArrayBuffer>;
  /** When the answer arrived, ms since the Unix epoch. */
  probedAt: Float64Array<ArrayBuffer>;
}

/** An empty batch with room for {@link BATCH_ROWS} rows. */
export function createBatch(): RowBatch {
  return {
    count: 0,
    symbol: new Uint32Array(BATCH_ROWS),
    day: new Int32Array(BATCH_ROWS),
    status: new Uint16Array(BATCH_ROWS),
    size: new Float64Array(BATCH_ROWS),
    lastModified: new Float64Array(BATCH_ROWS),
    probedAt: new Float64Array(BATCH_ROWS),
  };
}

/** The buffers to transfer with a batch. */
export function batchBuffers(batch: RowBatch): ArrayBuffer[] {
  return [batch.symbol, batch.day, batch.status, batch.size, batch.lastModified, batch.probedAt].map(
    (column) => column.buffer,
  );
}
