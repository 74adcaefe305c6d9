import type { Day } from "../../src/calendar/day.js";
import type { Condition } from "./oracle/condition.js";
import type { Change } from "./oracle/journal.js";
import type { Age } from "./oracle/lives.js";
import type { MarketEvent } from "./oracle/market.js";

/** A request for a run, with names and days. */
export interface RunRequest {
  command: "update" | "backfill" | "sweep" | "discover";
  endpoint: string;
  listEndpoint: string;
  source: "auto" | "head" | "list";
  symbols?: readonly string[];
  quote?: string;
  /** For an update, `from` and `to` are the same day. */
  from?: Day;
  to?: Day;
  lookback?: number;
}

/** Circumstances of a run. */
export interface Circumstances {
  /** The machine's time, ms. */
  now: number;
  /** Whether another process has the file open for writing. */
  locked: boolean;
  /** Receives a function that kills the process, to call after a number of answers; undefined if it isn't killed. */
  killer: ((kill: () => void) => void) | undefined;
}

/** How a run ended. */
export type RunEnd =
  | { type: "ended"; outcome: "whole" | "failed" | "interrupted" }
  /** It didn't start, or ended early, with an error of the product. */
  | { type: "refused"; code: string; message: string }
  | { type: "killed" };

/** A stored row. */
export interface StoredCell {
  available: boolean;
  size: number | undefined;
  /** ms since the Unix epoch */
  modified: number | undefined;
  /** The first 16 hexadecimal digits of the ETag; undefined if none is stored. */
  etag: string | undefined;
  /** ms since the Unix epoch */
  probedAt: number;
}

/** Contents of a database file. */
export interface Stored {
  cells: Map<string, Map<Day, StoredCell>>;
  /** Rows that appear twice. */
  duplicates: number;
  /** Days whose counts differ from those of the rows. */
  wrongCounts: string[];
  changes: Change[];
  /** When the symbols were last listed, ms; undefined if never. */
  discoveredAt: number | undefined;
}

/** The symbols of a question: all, those with a quote asset, or given ones. */
export interface Question {
  quote?: string;
  symbols?: readonly string[];
}

/** The questions that can be asked about a file. */
export interface Answers {
  /** Conditions of the days of a span; omitted days are unwritten. */
  conditions(question: Question, from: Day, to: Day): Promise<Map<Day, Condition>>;
  /** Ages of the symbols with a file on a day; undefined if the question is refused. */
  ages(day: Day): Promise<Map<string, Age> | undefined>;
  /** All listings and delistings; undefined if the question is refused. */
  events(): Promise<MarketEvent[] | undefined>;
  close(): Promise<void>;
}

/** The product under test, which is compared with the oracle: one database file and the commands on it. */
export interface Product {
  run(request: RunRequest, circumstances: Circumstances): Promise<RunEnd>;
  stored(): Promise<Stored>;
  /** @param now the machine's time, ms. Resolves with undefined while there is no file or nothing to ask. */
  answers(now: number): Promise<Answers | undefined>;
  close(): Promise<void>;
}
