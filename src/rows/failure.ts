import type { Day } from "../calendar/day.js";

/** Where a probe failed. The code beside it is finer: a system error, a TLS error, `HTTP_503`. */
export type FailureKind = "dns" | "connect" | "tls" | "closed" | "reset" | "timeout" | "status" | "protocol" | "other";

/** A probe without an answer that could be taken as truth. */
export interface Failure {
  kind: FailureKind;
  code: string;
  message: string;
  /** What the server asked to wait before another attempt, ms. */
  retryAfterMs?: number;
}

/** Cells of one symbol on consecutive days that failed together. */
export interface CellFailure {
  /** Index into the run's symbols. */
  symbol: number;
  from: Day;
  days: number;
  failure: Failure;
}
