import { formatDay } from "../calendar/day.js";
import type { CellFailure, FailureKind } from "../rows/failure.js";

/** Cells of one symbol that failed together. */
export interface RunFailure {
  symbol: string;
  /** First day, YYYY-MM-DD. */
  date: string;
  /** Number of consecutive days, from `date`, that failed: 1 for a HEAD. */
  days: number;
  kind: FailureKind;
  /** More specific than the kind: a system error, a TLS error, `HTTP_503`. */
  code: string;
  message: string;
  /** The causes of this error, the nearest first; null if there are none. */
  cause: string | null;
}

/** A failure with symbols and dates instead of indexes and day numbers. */
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
