import type { Source, UnitBy } from "../rows/unit.js";
import type { Cells } from "./shards.js";

/** The cost of probing cells. */
export interface Cost {
  requests: number;
  /** Approximate bytes of requests and answers. */
  bytes: number;
}

/** Cells that are probed and written in the same way. */
export interface Step {
  cells: Cells;
  /** The kind of unit that is written. */
  by: UnitBy;
  source: Source;
  cellCount: number;
  unitCount: number;
  /** The cost of either source. */
  costs: { head: Cost; list: Cost };
  /** Why this source was chosen, as text. */
  reason: string;
}
