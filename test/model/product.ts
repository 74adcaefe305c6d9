import type { Day } from "../../src/calendar/day.js";
import type { Condition } from "./oracle/condition.js";
import type { Change } from "./oracle/journal.js";
import type { Age } from "./oracle/lives.js";
import type { MarketEvent } from "./oracle/market.js";

/** How a run is asked for, in names and days. */
export interface RunRequest {
  command: "update" | "backfill" | "sweep" | "discover";
  endpoint: string;
  listEndpoint: string;
  source: "auto" | "head" | "list";
  symbols?: readonly string[];
  quote?: string;
  /** For an update `from` and `to` are the one day. */
  from?: Day;
  to?: Day;
  lookback?: number;
}

/** What happens to a run. */
export interface Circumstances {
  /** The machine's time, ms. */
  now: number;
  /** Another process has the file open for writing. */
  locked: boolean;
  /** The process is killed when the bucket has given so many answers: `killer` is told how. */
  killer: ((kill: () => void) => void) | undefined;
}

/** How a run ended. */
export type RunEnd =
  | { type: "ended"; outcome: "whole" | "failed" | "interrupted" }
  /** It was not made, or broke off, with an error of the product. */
  | { type: "refused"; code: string; message: string }
  | { type: "killed" };

/** A row as it is stored. */
export interface StoredCell {
  available: boolean;
  size: number | undefined;
  /** ms since the Unix epoch */
  modified: number | undefined;
  /** The first 16 hexadecimal digits of the ETag; undefined when none is kept. */
  etag: string | undefined;
  /** ms since the Unix epoch */
  probedAt: number;
}

/** What a database file holds. */
export interface Stored {
  cells: Map<string, Map<Day, StoredCell>>;
  /** Rows that appear twice. */
  duplicates: number;
  /** Days whose counts differ from those of the rows. */
  wrongCounts: string[];
  changes: Change[];
  /** When the symbols were listed last, ms; undefined when never. */
  discoveredAt: number | undefined;
}

/** The symbols that a question is about: all, those of a quote, or some. */
export interface Question {
  quote?: string;
  symbols?: readonly string[];
}

/** What can be asked about a file. */
export interface Answers {
  /** Conditions of the days of a span; one that is left out is unwritten. */
  conditions(question: Question, from: Day, to: Day): Promise<Map<Day, Condition>>;
  /** Ages of the symbols that have a file on a day; undefined when such a question is refused. */
  ages(day: Day): Promise<Map<string, Age> | undefined>;
  /** Every listing and delisting; undefined when such a question is refused. */
  events(): Promise<MarketEvent[] | undefined>;
  close(): Promise<void>;
}

/** What the model runs and compares with the oracle: one database file and the commands on it. */
export interface Product {
  run(request: RunRequest, circumstances: Circumstances): Promise<RunEnd>;
  stored(): Promise<Stored>;
  /** @param now the machine's time, ms. Undefined while there is no file, or no such questions. */
  answers(now: number): Promise<Answers | undefined>;
  close(): Promise<void>;
}
