import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";

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

/** Work for one prober. */
export type Shard = HeadShard | ListShard;

/** What a shard came to. When the run was abandoned, there are fewer cells than the shard holds. */
export interface ShardResult {
  /** Cells answered or failed: the rows that went to the writer. */
  cellCount: number;
  /** How many times a `CellFailure` of this shard was announced. */
  failureCount: number;
}
