import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { VolumeKnowledge } from "./volume-unit.js";

/** HEADs of some symbols on one day. */
export interface HeadShard {
  type: "head";
  day: Day;
  /** Indexes into the run's symbols. */
  symbolIndexes: Uint32Array<ArrayBuffer>;
}

/** A listing of one symbol over some days. */
export interface ListShard {
  type: "list";
  symbolIndex: number;
  /** Wanted days, ascending and disjoint. */
  spans: Span[];
}

/** The 1d klines of one symbol: what is new or replaced since the file was written. */
export interface VolumeShard {
  type: "volumes";
  symbolIndex: number;
  /** The last day that has ended. */
  through: Day;
  /** Whether to accept a file that no checksum verifies; it is marked as unverified. */
  acceptUnverified: boolean;
  known: VolumeKnowledge;
}

/** Work for one prober. */
export type Shard = HeadShard | ListShard | VolumeShard;

/** The result of a shard. When the run was abandoned, it counts fewer cells than the shard contains. */
export interface ShardResult {
  /** Cells answered or failed: the rows sent to the writer. 0 for a shard of volumes, which sends a whole unit. */
  cellCount: number;
  /** Number of `CellFailure`s that were announced for this shard. */
  failureCount: number;
}
