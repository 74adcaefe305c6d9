import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { CellFailure } from "./failure.js";

/** Work for one prober: HEADs of some symbols on one day, or the listing of one symbol over a stretch of days. */
export type Shard =
  | { type: "head"; day: Day; /** indexes into the run's symbols */ symbols: Uint32Array<ArrayBuffer> }
  | { type: "list"; symbol: number; /** wanted days, ascending and disjoint */ ranges: Span[] };

/** What a shard came to. When the run was abandoned, `cells` is less than the shard holds. */
export interface ShardResult {
  /** Cells answered or failed: the rows that went to the writer. */
  cells: number;
  failures: CellFailure[];
}

/** Where probers put their rows. */
export interface RowSink {
  /** @param status 200, 404 or FAILED_STATUS; size in bytes and times in ms, 0 where there is none */
  add(symbol: number, day: Day, status: number, size: number, lastModified: number, probedAt: number): void;
  /** Resolves at once, or, while the consumer is behind, when it has caught up. */
  ready(): Promise<void> | undefined;
  /** Hands over what has been added so far. */
  flush(): void;
}
