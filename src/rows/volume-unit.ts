import type { Day } from "../calendar/day.js";
import type { Cadence } from "../calendar/period.js";
import type { Span } from "../calendar/span.js";
import type { Batch } from "./batch.js";
import type { BarRows } from "./columns.js";
import type { FileFacts } from "./probe-row.js";

/** A file of 1d klines that was read, monthly or daily. */
export interface VolumeFile extends FileFacts {
  cadence: Cadence;
  /** First day of its period. */
  period: Day;
  /** Whether its SHA-256 is that of its checksum file. */
  verified: boolean;
  rowCount: number;
}

/** What is known about a symbol's volumes before a run fetches more. */
export interface VolumeKnowledge {
  /** Files that were read and whose rows are in use. */
  files: readonly Pick<VolumeFile, "cadence" | "period" | "size" | "lastModified" | "etag">[];
  /** Days whose volumes are known, ascending and disjoint. */
  spans: readonly Span[];
  /** Known days without a bar that may still get one, since files can come late. Ascending and disjoint. */
  holes: readonly Span[];
}

/** New volumes of one symbol: written whole, in one transaction. */
export interface VolumeUnit {
  /** Index into the run's symbols. */
  symbolIndex: number;
  /** Bars of the files that were read, by day; no day twice. */
  bars: Batch<BarRows>;
  /**
   * The files. Their bars replace those of an earlier version of the same file; those of a monthly file also replace
   * those of its daily files.
   */
  files: readonly VolumeFile[];
  /** All days of the symbol whose volumes are known now, ascending and disjoint. */
  spans: readonly Span[];
  /** When the bucket was queried, ms since the Unix epoch. */
  knownAt: number;
}
