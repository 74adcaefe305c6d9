/** How a column of each type is stored in a buffer: bytes per value, and the array of `length` values from offset `at`. */
export const COLUMN_TYPES = {
  uint16: { width: 2, over: (buffer: ArrayBuffer, at: number, length: number) => new Uint16Array(buffer, at, length) },
  uint32: { width: 4, over: (buffer: ArrayBuffer, at: number, length: number) => new Uint32Array(buffer, at, length) },
  int32: { width: 4, over: (buffer: ArrayBuffer, at: number, length: number) => new Int32Array(buffer, at, length) },
  float64: {
    width: 8,
    over: (buffer: ArrayBuffer, at: number, length: number) => new Float64Array(buffer, at, length),
  },
} as const;

/** Type of a column's values. */
export type ColumnType = keyof typeof COLUMN_TYPES;

/** The array that holds a column of a type. */
export type ColumnArray<Type extends ColumnType = ColumnType> = ReturnType<(typeof COLUMN_TYPES)[Type]["over"]>;

/**
 * The columns of every kind of row: which cell it answers, and how. `symbolIndex` is a position in the run's list of
 * symbols, `day` counts from 1970-01-01, `status` is 200, 404 or {@link FAILED_STATUS}.
 */
export const CELL_COLUMNS = { symbolIndex: "uint32", day: "int32", status: "uint16" } as const;

/** Status of a cell whose probe failed. Such a row is never stored. */
export const FAILED_STATUS = 0;

/**
 * A kind of row: its columns by name, in order. Batch, transfer list, stage table and appender are derived from it.
 */
export type RowKind = typeof CELL_COLUMNS & Readonly<Record<string, ColumnType>>;

/**
 * The result of probing a cell. `size` is in bytes; the times, upload and arrival of the answer, are in ms since the
 * Unix epoch. The ETag is the first 8 bytes of an md5, in two parts. Size, upload time and ETag are 0 when there is no
 * file; `probedAt` is 0 too when the probe failed.
 */
export const PROBE_ROWS = {
  ...CELL_COLUMNS,
  size: "float64",
  lastModified: "float64",
  etagHigh: "uint32",
  etagLow: "uint32",
  probedAt: "float64",
} as const satisfies RowKind;

export type ProbeRows = typeof PROBE_ROWS;

/** One row of a kind. */
export type Row<Kind extends RowKind> = { readonly [Name in keyof Kind]: number };

/**
 * A bar of the 1d klines. `isMonthly` is 1 for a bar from a monthly file, 0 for one from a daily file. The values are
 * those of the file, as doubles; status is always 200.
 */
export const BAR_ROWS = {
  ...CELL_COLUMNS,
  isMonthly: "uint16",
  open: "float64",
  high: "float64",
  low: "float64",
  close: "float64",
  volume: "float64",
  quoteVolume: "float64",
  tradeCount: "float64",
  takerBuyVolume: "float64",
  takerBuyQuoteVolume: "float64",
} as const satisfies RowKind;

export type BarRows = typeof BAR_ROWS;
