import type { Day } from "../../src/calendar/day.js";
import type { BucketFile } from "./history.js";

/** The bucket's answer for one key. */
export type KeyAnswer =
  { type: "available"; file: BucketFile } | { type: "missing" } | { type: "failed"; status: number | "reset" };

/** A request for one file. */
export interface HeadProbe {
  type: "head";
  symbol: string;
  day: Day;
  answer: KeyAnswer;
}

/** A request for a page of one symbol's keys. It covers the days from `from` to `to`. */
export interface ListProbe {
  type: "list";
  symbol: string;
  from: Day;
  /** Infinity if no page follows. */
  to: Day;
  /** The files of these days; undefined if the request failed. */
  files: ReadonlyMap<Day, BucketFile> | undefined;
}

/** A request for a page of the bucket's symbol folders. */
export interface FoldersProbe {
  type: "folders";
  /** Item after which the page begins; "" for the first. */
  after: string;
  /** Names on the page; undefined if the request failed. */
  names: readonly string[] | undefined;
  /** Whether no page follows. */
  last: boolean;
}

/** A request to the bucket with its answer; sorted by the time of the answers. */
export type Probe = HeadProbe | ListProbe | FoldersProbe;
