import type { Day } from "../calendar/day.js";
import type { Cadence } from "../calendar/period.js";
import type { Span } from "../calendar/span.js";
import type { Batch } from "./batch.js";
import type { BarRows } from "./columns.js";
import type { FileFacts } from "./probe-row.js";

/** A file of 1d klines that was read: that of a month, or of a day. */
export interface VolumeFile extends FileFacts {
  cadence: Cadence;
  /** First day of its period. */
  period: Day;
  /** Whether its SHA-256 is that of its checksum file. */
  verified: boolean;
  rowCount: number;
}

/** What is known of the volumes of a symbol before it is asked for. */
export interface VolumeKnowledge {
  /** Files that were read and whose rows are in use. */
  files: readonly Pick<VolumeFile, "cadence" | "period" | "size" | "lastModified" | "etag">[];
  /** Days about which is known, ascending and disjoint. */
  spans: readonly Span[];
  /** Known days without a bar that may still get one: files come late. Ascending and disjoint. */
  holes: readonly Span[];
}

/** What is new of the volumes of one symbol: written whole, in one transaction. */
export interface VolumeUnit {
  /** Index of the run's symbols. */
  symbolIndex: number;
  /** Bars of the files that were read, by day; no day twice. */
  bars: Batch<BarRows>;
  /** The files. Their bars take the place of those of an earlier version of the same file, and of a day's where it is a month's. */
  files: readonly VolumeFile[];
  /** All days of the symbol about which is known now, ascending and disjoint. */
  spans: readonly Span[];
  /** When the bucket was asked, ms since the Unix epoch. */
  knownAt: number;
}
