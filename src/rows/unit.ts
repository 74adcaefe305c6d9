import type { Batch } from "./batch.js";
import type { ProbeRows, RowKind } from "./columns.js";

/** The kind of unit, which is written whole or not at all: one day of every symbol, or one symbol over all its days. */
export type UnitBy = "day" | "symbol";

/** How cells are probed: file by file, or by listing the bucket. */
export type Source = "head" | "list";

/** The units that a step of a run will produce, with the number of cells in each. */
export interface StepUnits {
  source: Source;
  by: UnitBy;
  /** Number of cells by the unit's key: a day, or an index into the run's symbols. */
  expected: ReadonlyMap<number, number>;
}

/** A complete unit. */
export interface WholeUnit<Kind extends RowKind = ProbeRows> {
  source: Source;
  by: UnitBy;
  /** The day, or the index of the symbol. */
  key: number;
  /** Any number of rows: a day's by ascending symbol, a symbol's by ascending day. */
  rows: Batch<Kind>;
}
