import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { VolumeKnowledge } from "./volume-unit.js";

/** HEADs of some symbols on one day. */
export interface HeadShard {
  type: "head";
  day: Day;
  /** Indexes of the run's symbols. */
  symbolIndexes: Uint32Array<ArrayBuffer>;
}

/** The listing of one symbol over some days. */
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
  /** The last day that is over. */
  through: Day;
  /** Whether a file without a checksum that vouches for it is taken, marked as not verified. */
  acceptUnverified: boolean;
  known: VolumeKnowledge;
}

/** Work for one prober. */
export type Shard = HeadShard | ListShard | VolumeShard;

/** What a shard came to. When the run was abandoned, there are fewer cells than the shard holds. */
export interface ShardResult {
  /** Cells answered or failed: the rows that went to the writer; none of a shard of volumes, which sends a whole unit. */
  cellCount: number;
  /** How many times a `CellFailure` of this shard was announced. */
  failureCount: number;
}
