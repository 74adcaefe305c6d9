import type { Day } from "../../src/calendar/day.js";
import type { BucketFile } from "./history.js";

/** What the bucket answered about one key. */
export type KeyAnswer =
  { type: "available"; file: BucketFile } | { type: "missing" } | { type: "failed"; status: number | "reset" };

/** A request for one file. */
export interface HeadProbe {
  type: "head";
  symbol: string;
  day: Day;
  answer: KeyAnswer;
}

/** A request for a page of one symbol's keys. It speaks of the days from `from` to `to`. */
export interface ListProbe {
  type: "list";
  symbol: string;
  from: Day;
  /** Infinity when no page follows. */
  to: Day;
  /** The files of these days; undefined when the answer was a failure. */
  files: ReadonlyMap<Day, BucketFile> | undefined;
}

/** A request for a page of the bucket's symbol folders. */
export interface FoldersProbe {
  type: "folders";
  /** Item after which the page begins; "" for the first. */
  after: string;
  /** Names on the page; undefined when the answer was a failure. */
  names: readonly string[] | undefined;
  /** Whether no page follows. */
  last: boolean;
}

/** A request that the bucket got, with its answer, in the order of the answers. */
export type Probe = HeadProbe | ListProbe | FoldersProbe;
