const BASE_MS = 200;
const LIMIT_MS = 10_000;

/**
 * Delay before the next attempt, ms: full jitter, so that probes that failed together don't come back together.
 *
 * @param attempt attempts made so far, from 1
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  return random * Math.min(LIMIT_MS, BASE_MS * 2 ** (attempt - 1));
}
