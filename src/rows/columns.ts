/** Makes the array of a column, by the type of its values. */
export const NEW_COLUMN = {
  uint16: (length: number) => new Uint16Array(length),
  uint32: (length: number) => new Uint32Array(length),
  int32: (length: number) => new Int32Array(length),
  float64: (length: number) => new Float64Array(length),
} as const;

/** Type of a column's values. */
export type ColumnType = keyof typeof NEW_COLUMN;

/** The array that holds a column of a type. */
export type ColumnArray<Type extends ColumnType = ColumnType> = ReturnType<(typeof NEW_COLUMN)[Type]>;

/**
 * What every row has, whatever its kind: which cell it answers, and how. `symbolIndex` is a place in the run's list of
 * symbols, `day` counts from 1970-01-01, `status` is 200, 404 or {@link FAILED_STATUS}.
 */
export const CELL_COLUMNS = { symbolIndex: "uint32", day: "int32", status: "uint16" } as const;

/** Status of a cell whose probe failed. Such a row spoils its unit and is never stored. */
export const FAILED_STATUS = 0;

/**
 * A kind of row: its columns by name, in order. Batch, transfer list, stage table and appender follow from it; a new
 * kind is another such value.
 */
export type RowKind = typeof CELL_COLUMNS & Readonly<Record<string, ColumnType>>;

/**
 * What a probe of a cell gives. `size` is in bytes, the times in ms since the Unix epoch: when the file was uploaded and
 * when the answer arrived. `size` and `lastModified` are 0 where there is no file; so is `probedAt` where the probe failed.
 */
export const PROBE_ROWS = {
  ...CELL_COLUMNS,
  size: "float64",
  lastModified: "float64",
  probedAt: "float64",
} as const satisfies RowKind;

export type ProbeRows = typeof PROBE_ROWS;

/** One row of a kind. */
export type Row<Kind extends RowKind> = { readonly [Name in keyof Kind]: number };
