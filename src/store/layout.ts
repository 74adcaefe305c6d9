/**
 * The order of rows in the file. A snapshot is fastest with the rows of a day together, a timeline with those of a
 * symbol. Blocks of days, ordered by symbol inside a block, in small row groups serve both, because DuckDB skips row
 * groups by their minimum and maximum date and symbol.
 *
 * Measured on 732,480 rows (327 symbols × 2,240 days, 384,058 files) with one thread: the file after a compaction, the
 * largest file during 60 daily updates (MiB), and CPU time of a snapshot and of a timeline (ms, medians on a busy
 * machine, so only their ratios matter):
 *
 * | block of days | row group | file's block | MiB      | 60 updates | snapshot | timeline |
 * | ------------- | --------- | ------------ | -------- | ---------- | -------- | -------- |
 * | 128           | 2,048     | 64 KiB       | 8.82     |            | 0.92     | 1.94     |
 * | 128           | 4,096     | 64 KiB       | 10.64    | 11.70      | 0.88     | 2.00     |
 * | 128           | 6,144     | 256 KiB      | 11.51    |            | 0.81     | 2.24     |
 * | 128           | 8,192     | 64 KiB       | 8.51     |            | 0.77     | 2.32     |
 * | 128           | 10,240    | 64 KiB       | 8.89     |            | 0.77     | 2.60     |
 * | 160           | 8,192     | 64 KiB       | 8.20     | 9.39       | 0.81     | 2.15     |
 * | **192**       | **8,192** | **64 KiB**   | **7.64** | **8.82**   | 0.87     | 2.09     |
 * | 192           | 16,384    | 64 KiB       | 8.01     | 9.51       | 0.85     | 2.61     |
 * | 192           | 8,192     | 128 KiB      | 10.14    | 11.76      | 0.85     | 2.13     |
 * | 224           | 8,192     | 64 KiB       | 7.70     | 8.95       | 0.90     | 2.06     |
 * | 256           | 8,192     | 64 KiB       | 7.70     |            | 0.93     | 1.88     |
 *
 * The ETags determine most of this. They can't be compressed, so a row group's take 8 bytes per row, and a block can
 * hold 8 bytes less than its size: 4,096 ETags fill half of 64 KiB, and a second row group just fails to fit beside
 * them, while 8,192 fill one block except for a single ETag. The blocks of days are long enough that the rows with a
 * file, which come first, fill several row groups.
 *
 * The file's block size also determines how much garbage daily updates leave: a block is freed when nothing in it is
 * needed, and each table that changes takes a new one. Below 64 KiB, a file is 1.6 to 2 times as large.
 *
 * Storing upload times as TIMESTAMP_S and probe times as TIMESTAMP_MS, the resolution of their sources, instead of
 * TIMESTAMP saves 17 %. Storage version 1.4 instead of DuckDB's default saves nothing.
 */
export const LAYOUT = {
  /** Days of a block. */
  blockDays: 192,
  /** Rows of a row group; a multiple of 2,048. */
  rowGroupRows: 8_192,
  /** Bytes of a block of the file; a power of two from 16 KiB to DuckDB's default of 256 KiB. */
  blockBytes: 65_536,
} as const;

/** SQL: the order of the rows in each block of days of a compacted file. */
export const ORDER_IN_BLOCK = "available DESC, symbol, date";
