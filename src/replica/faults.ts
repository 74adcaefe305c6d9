import { UsageError } from "../errors.js";
import { chance, hashText } from "./random.js";

/** Shares of requests that fail, 0 to 1 each and in total. Omitted shares are 0. */
export interface FaultOptions {
  /** Answered with 500 InternalError. */
  status500?: number | undefined;
  /** Answered with 503 SlowDown. */
  status503?: number | undefined;
  /** The TCP connection is reset instead of an answer being sent. */
  reset?: number | undefined;
  /** No answer ever comes; the connection stays open. */
  hang?: number | undefined;
  /** Seconds in the Retry-After header of a 503; when omitted there is no such header, as in S3. */
  retryAfter?: number | undefined;
  /** Decides which requests fail; any whole number, default 1. */
  seed?: number | undefined;
}

/** How a request fails. */
export type Fault = "status500" | "status503" | "reset" | "hang";

const KINDS = ["status500", "status503", "reset", "hang"] as const satisfies Fault[];

/** Purpose of {@link chance} for faults. */
const DRAW_FAULT = 201;

/** Decides whether and how a request fails, by its method and target. */
export type FaultPlan = (method: string, target: string) => Fault | undefined;

/**
 * A plan for the given shares. The n-th request for a target has the same outcome in every run, regardless of the order
 * of requests and of the connection. Each repetition has its own outcome, so that retrying can help.
 *
 * @throws UsageError for a share outside 0 to 1, or shares of more than 1 in total
 */
export function planFaults(options: FaultOptions): FaultPlan {
  const shares = KINDS.map((kind) => ({ kind, share: options[kind] ?? 0 }));
  for (const { kind, share } of shares) {
    if (!(share >= 0 && share <= 1)) throw new UsageError(`share of ${kind} faults: ${share} is not between 0 and 1`);
  }
  // Shares such as 0.1 + 0.2 + 0.7 add up to a little more than 1 in binary.
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  if (total > 1 + 1e-9) throw new UsageError(`shares of faults add up to ${total}, more than 1`);
  if (total === 0) return () => undefined;

  const counts = new Map<string, number>();
  return (method, target) => {
    const request = `${method} ${target}`;
    const before = counts.get(request) ?? 0;
    counts.set(request, before + 1);
    let drawn = chance(options.seed ?? 1, DRAW_FAULT, hashText(request), before);
    for (const { kind, share } of shares) {
      if (drawn < share) return kind;
      drawn -= share;
    }
    return undefined;
  };
}
