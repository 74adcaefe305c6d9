import { UsageError } from "../errors.js";
import { chance, hashText } from "./random.js";

/** Shares of requests, 0 to 1 each and in all, that go wrong. What isn't named is 0. */
export interface FaultOptions {
  /** Answered 500 InternalError. */
  status500?: number | undefined;
  /** Answered 503 SlowDown. */
  status503?: number | undefined;
  /** The TCP connection is reset instead of an answer. */
  reset?: number | undefined;
  /** No answer ever comes; the connection stays open. */
  hang?: number | undefined;
  /** Seconds that a 503 names in Retry-After; without it the header isn't there, as in S3. */
  retryAfter?: number | undefined;
  /** Which requests they are; any whole number, default 1. */
  seed?: number | undefined;
}

/** What goes wrong with a request. */
export type Fault = "status500" | "status503" | "reset" | "hang";

const KINDS = ["status500", "status503", "reset", "hang"] as const satisfies Fault[];

/** {@link chance} of a fault. */
const DRAW_FAULT = 201;

/** Decides on the fault of a request by its method and target. */
export type FaultPlan = (method: string, target: string) => Fault | undefined;

/**
 * The plan of given shares. The n-th request for a target meets the same fate in every run, in whatever order requests
 * arrive and over whichever connection; a repeated request meets a fate of its own, so that retrying can help.
 *
 * @throws {UsageError} for a share that isn't from 0 to 1, or shares of more than 1 in all
 */
export function planFaults(options: FaultOptions): FaultPlan {
  const shares = KINDS.map((kind) => ({ kind, share: options[kind] ?? 0 }));
  for (const { kind, share } of shares) {
    if (!(share >= 0 && share <= 1)) throw new UsageError(`share of ${kind} faults: ${share} isn't from 0 to 1`);
  }
  // Shares such as 0.1 + 0.2 + 0.7 add up to a little more than 1 in binary.
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  if (total > 1 + 1e-9) throw new UsageError(`shares of faults come to ${total}, more than 1`);
  if (total === 0) return () => undefined;

  const asked = new Map<string, number>();
  return (method, target) => {
    const request = `${method} ${target}`;
    const before = asked.get(request) ?? 0;
    asked.set(request, before + 1);
    let drawn = chance(options.seed ?? 1, DRAW_FAULT, hashText(request), before);
    for (const { kind, share } of shares) {
      if (drawn < share) return kind;
      drawn -= share;
    }
    return undefined;
  };
}
