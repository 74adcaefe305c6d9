import type { Source, UnitBy } from "../rows/unit.js";
import type { Cells } from "./shards.js";

/** What probing some cells would cost. */
export interface Cost {
  requests: number;
  /** Of requests and answers, roughly. */
  bytes: number;
}

/** Cells that are probed and written in one way. */
export interface Step {
  cells: Cells;
  /** What one transaction writes. */
  by: UnitBy;
  source: Source;
  cellCount: number;
  unitCount: number;
  /** What either source would cost. */
  costs: { head: Cost; list: Cost };
  /** Why this source, in words. */
  reason: string;
}
