import type { Batch } from "./batch.js";
import type { ProbeRows, RowKind } from "./columns.js";

/** What is written whole or not at all: a day of every symbol, or a symbol over all its days. */
export type UnitBy = "day" | "symbol";

/** How cells are probed: file by file, or by listing the bucket. */
export type Source = "head" | "list";

/** What a step of a run is going to bring: which units, and how many cells each has. */
export interface StepUnits {
  source: Source;
  by: UnitBy;
  /** Number of cells by the unit's key: a day, or an index of the run's symbols. */
  expected: ReadonlyMap<number, number>;
}

/** Rows of one unit, whole. */
export interface WholeUnit<Kind extends RowKind = ProbeRows> {
  source: Source;
  by: UnitBy;
  /** The day, or the index of the symbol. */
  key: number;
  /** Any number of rows, those of a day in ascending order of symbol, those of a symbol in ascending order of day. */
  rows: Batch<Kind>;
}
