import type { Failure } from "../rows/failure.js";

const BASE_MS = 200;
const LIMIT_MS = 10_000;
/** What a server may ask for at most: beyond it the next attempt comes too early rather than the run never ends. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Delay before the next attempt, ms: full jitter, so that probes that failed together don't come back together; on top
 * of what the server asked for.
 *
 * @param failure of the last attempt
 * @param attempt attempts made so far, from 1
 * @param random in [0, 1)
 */
export function backoffMs(failure: Failure, attempt: number, random: number): number {
  const asked = Math.min(failure.retryAfterMs ?? 0, LONGEST_WAIT_MS);
  return asked + random * Math.min(LIMIT_MS, BASE_MS * 2 ** (attempt - 1));
}
