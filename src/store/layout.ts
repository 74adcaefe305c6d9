/**
 * How rows lie in the file. A snapshot wants the rows of a day together, a timeline those of a symbol; blocks of days,
 * by symbol within a block, in small row groups serve both, since DuckDB skips a row group by the minimum and
 * maximum date and symbol in it.
 *
 * Tried on 732,480 rows (327 symbols × 2,240 days, 63 % available), one thread, medians in ms on a busy machine, so
 * only their proportions count (`npm run bench -- storage` measures them again):
 *
 * | order                  | row group | MiB  | snapshot | timeline |
 * | ---------------------- | --------- | ---- | -------- | -------- |
 * | date, symbol           | 122,880   | 6.76 | 1.24     | 8.22     |
 * | symbol, date           | 122,880   | 6.26 | 7.00     | 1.77     |
 * | symbol, date           | 4,096     | 6.26 | 8.30     | 1.40     |
 * | blocks of 64 days      | 20,480    | 5.76 | 1.54     | 5.40     |
 * | blocks of 64 days      | 8,192     | 6.01 | 1.42     | 4.91     |
 * | blocks of 64 days      | 2,048     | 6.01 | 1.93     | 3.73     |
 * | **blocks of 128 days** | **4,096** | 6.01 | 1.92     | 2.80     |
 * | blocks of 192 days     | 4,096     | 5.51 | 2.13     | 2.36     |
 * | blocks of 256 days     | 4,096     | 5.51 | 2.15     | 1.98     |
 *
 * Upload times as TIMESTAMP_S and probe times as TIMESTAMP_MS, which is what the sources' clocks give, instead of
 * TIMESTAMP: 7.26 → 6.01 MiB (so in the table above). Storage version 1.4 instead of DuckDB's default: no smaller.
 *
 * The size of DuckDB's blocks decides how much garbage daily updates leave: a block is freed when nothing in it is
 * needed, and each table that changes takes a new one. The whole file with all tables, after a compaction, and at most
 * in the course of 60 daily updates without another (MiB):
 *
 * | block   | row group | compacted | 60 updates |
 * | ------- | --------- | --------- | ---------- |
 * | 256 KiB | 4,096     | 7.51      | 11.01      |
 * | 256 KiB | 20,480    | 7.51      | 11.01      |
 * | 128 KiB | 4,096     | 6.64      | 8.64       |
 * | 64 KiB  | 8,192     | 6.26      | 7.45       |
 * | 64 KiB  | 4,096     | 6.01      | 7.45       |
 * | 32 KiB  | 4,096     | 10.92     | 12.17      |
 * | 16 KiB  | 4,096     | 12.65     | 13.76      |
 */
export const LAYOUT = {
  /** Days of a block. */
  blockDays: 128,
  /** Rows of a row group; DuckDB takes multiples of 2,048. */
  rowGroupRows: 4_096,
  /** Bytes of a block; a power of two from 16 KiB to DuckDB's default of 256 KiB. */
  blockBytes: 65_536,
} as const;

/** SQL: the order of the rows in each block of days of a compacted file. */
export const ORDER_IN_BLOCK = "symbol, date";
