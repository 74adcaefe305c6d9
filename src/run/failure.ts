import { formatDay } from "../calendar/day.js";
import type { CellFailure, FailureKind } from "../rows/failure.js";

/** Cells of one symbol that failed together. */
export interface RunFailure {
  symbol: string;
  /** First day, YYYY-MM-DD. */
  date: string;
  /** Number of days from `date` on that failed: 1 for a HEAD. */
  days: number;
  kind: FailureKind;
  /** Finer than the kind: a system error, a TLS error, `HTTP_503`. */
  code: string;
  message: string;
  /** The errors below this one, the nearest first; null when there are none. */
  cause: string | null;
}

/** A failure with names and dates in place of indexes and day numbers. */
export function describeFailure(
  { symbolIndex, from, days, failure }: CellFailure,
  symbols: readonly string[],
): RunFailure {
  return {
    symbol: symbols[symbolIndex] ?? "",
    date: formatDay(from),
    days,
    kind: failure.kind,
    code: failure.code,
    message: failure.message,
    cause: failure.cause ?? null,
  };
}
