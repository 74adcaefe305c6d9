import type { Day } from "../calendar/day.js";

/** Where a probe failed. The code beside it is finer: a system error, a TLS error, `HTTP_503`. */
export type FailureKind =
  "dns" | "connect" | "proxy" | "tls" | "closed" | "reset" | "timeout" | "status" | "protocol" | "content" | "other";

/** A probe without an answer that could be taken as truth. */
export interface Failure {
  kind: FailureKind;
  code: string;
  message: string;
  /** The errors below this one as text, the nearest first; left out when there are none. */
  cause?: string;
  /** What the server asked to wait before another attempt, ms. */
  retryAfterMs?: number;
}

/** Cells of one symbol on consecutive days that failed together. */
export interface CellFailure {
  /** Index of the run's symbols. */
  symbolIndex: number;
  /** The first day. */
  from: Day;
  /** Number of days. */
  days: number;
  failure: Failure;
  /** Key of the file in the bucket, where its content was asked for. */
  key?: string;
}

/** A request that failed in a way that may pass, and is sent again. */
export interface Retry {
  kind: FailureKind;
  code: string;
  /** Host and port that it went to. */
  host: string;
}
