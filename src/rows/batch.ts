import { COLUMN_TYPES, type ColumnArray, type ColumnType, type ProbeRows, type RowKind } from "./columns.js";

/** Maximum rows of a batch sent between threads: one DuckDB data chunk. */
export const BATCH_ROWS = 2048;

/**
 * Rows of one kind as columns, so that a batch can be transferred between threads and copied into DuckDB as arrays. Row
 * i is the i-th element of every column, for i < `count`.
 */
export interface Batch<Kind extends RowKind> {
  count: number;
  columns: { [Name in keyof Kind]: ColumnArray<Kind[Name]> };
}

/** A batch of probe answers. */
export type ProbeBatch = Batch<ProbeRows>;

/** Alignment of the columns in a buffer, bytes: that of the widest values. */
const ALIGNMENT = 8;

/**
 * An empty batch with room for `capacity` rows. All columns share one buffer: in a profile, transferring one per column
 * took 3 % of a prober's time.
 */
export function createBatch<Kind extends RowKind>(kind: Kind, capacity = BATCH_ROWS): Batch<Kind> {
  const types = Object.entries<ColumnType>(kind);
  const sizes = types.map(([, type]) => Math.ceil((COLUMN_TYPES[type].width * capacity) / ALIGNMENT) * ALIGNMENT);
  const buffer = new ArrayBuffer(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  const columns = types.map(([name, type], index) => {
    const column = COLUMN_TYPES[type].over(buffer, at, capacity);
    at += sizes[index] ?? 0;
    return [name, column];
  });
  // `fromEntries` loses the type of each name; the entries come from the kind itself.
  return { count: 0, columns: Object.fromEntries(columns) as Batch<Kind>["columns"] };
}

/** The columns of a batch with their names, in the order that its kind defines. */
export function columnsOf(batch: Batch<RowKind>): [string, ColumnArray][] {
  return Object.entries<ColumnArray>(batch.columns);
}

/** The buffer to transfer with a batch. */
export function batchBuffer({ columns }: Batch<RowKind>): ArrayBuffer {
  return columns.day.buffer;
}

/**
 * Frees the memory of batches, which then have no rows: the writer makes so little other garbage that V8 would keep all
 * rows of a run until its end.
 */
export function freeBatches(batches: readonly Batch<RowKind>[]): void {
  // Nothing receives the buffers.
  structuredClone(undefined, { transfer: batches.map(batchBuffer) });
}

/** Appends rows [start, end) of a batch to another of the same kind, which must have room for them. */
export function appendRows<Kind extends RowKind>(to: Batch<Kind>, from: Batch<Kind>, start: number, end: number): void {
  for (const name in to.columns) to.columns[name].set(from.columns[name].subarray(start, end), to.count);
  to.count += end - start;
}

/** Reorders the rows of a batch: row i of the result is row `order[i]`. */
export function gatherRows<Kind extends RowKind>(kind: Kind, from: Batch<Kind>, order: Uint32Array): Batch<Kind> {
  const to = createBatch(kind, order.length);
  to.count = order.length;
  for (const name in to.columns) gather(to.columns[name], from.columns[name], order);
  return to;
}

function gather(to: ColumnArray, from: ColumnArray, order: Uint32Array): void {
  for (let row = 0; row < order.length; row++) to[row] = from[order[row] ?? 0] ?? 0;
}
