import type { Day } from "../calendar/day.js";

/** Where a probe failed. The `code` is more specific: a system error, a TLS error, `HTTP_503`. */
export type FailureKind =
  "dns" | "connect" | "proxy" | "tls" | "closed" | "reset" | "timeout" | "status" | "protocol" | "content" | "other";

/** The failure of a probe: it gave no answer that can be trusted. */
export interface Failure {
  kind: FailureKind;
  code: string;
  message: string;
  /** The causes of this error as text, the nearest first; absent when there are none. */
  cause?: string;
  /** How long the server asked to wait before another attempt, ms. */
  retryAfterMs?: number;
}

/** Cells of one symbol on consecutive days that failed together. */
export interface CellFailure {
  /** Index into the run's symbols. */
  symbolIndex: number;
  /** The first day. */
  from: Day;
  /** Number of days. */
  days: number;
  failure: Failure;
  /** Key of the file in the bucket, when its content was requested. */
  key?: string;
}

/** A request that failed for a transient reason and is sent again. */
export interface Retry {
  kind: FailureKind;
  code: string;
  /** Host and port of the request. */
  host: string;
}
