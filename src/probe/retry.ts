import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";

const BASE_MS = 200;
const MAX_BACKOFF_MS = 10_000;
/** Cap on what a server may ask for. Beyond it the next attempt comes too early, rather than stall the run. */
const MAX_ASKED_MS = 60_000;

/** What a retry takes of a prober. */
export type RetryContext = Pick<ProberContext, "retries" | "counters" | "traffic" | "onRetry">;

/**
 * Sends a request, with the retries that the run allows. Each attempt waits for its turn and is counted. Rejects only if
 * `send` or `ready` does.
 *
 * @param host that the request goes to
 * @param send makes one attempt; what it gives has a failure if it failed
 * @param ready what each attempt waits for before its turn
 * @default nothing
 */
export async function withRetries<Outcome extends { type: string; failure?: Failure }>(
  context: RetryContext,
  host: string,
  send: () => Promise<Outcome>,
  ready?: () => Promise<void> | undefined,
): Promise<Outcome | { type: "abandoned" }> {
  for (let attempts = 1; ; attempts++) {
    await ready?.();
    if (!(await context.traffic.turn())) return { type: "abandoned" };
    context.counters.add("requests");
    const outcome = await send();
    if (outcome.failure === undefined) return outcome;
    const delay = planRetry(context, host, outcome.failure, attempts);
    if (delay === undefined) return outcome;
    await context.traffic.sleep(delay);
    if (context.traffic.isEnding) return { type: "abandoned" };
  }
}

/**
 * Decides whether a request that failed is sent again, and when. A retry is counted and told here, and a server that asks for
 * fewer requests holds all threads back.
 *
 * @param host that the request went to
 * @param attempts made so far, from 1
 * @param random in [0, 1)
 * @returns ms to wait before the next attempt; undefined: the failure stands
 */
export function planRetry(
  { retries, counters, traffic, onRetry }: RetryContext,
  host: string,
  failure: Failure,
  attempts: number,
  random = Math.random(),
): number | undefined {
  if (attempts > retries || !isRetryable(failure)) return undefined;
  const delay = backoffMs(failure, attempts, random);
  if (isSlowDown(failure)) traffic.pauseUntil(Date.now() + delay);
  counters.add("retries");
  onRetry({ kind: failure.kind, code: failure.code, host });
  return delay;
}

/**
 * Delay before the next attempt, ms: full jitter, so that probes that failed together do not come back together; on top
 * of what the server asked for.
 *
 * @param failure of the last attempt
 * @param attempts made so far, from 1
 * @param random in [0, 1)
 */
export function backoffMs(failure: Failure, attempts: number, random: number): number {
  const asked = Math.min(failure.retryAfterMs ?? 0, MAX_ASKED_MS);
  return asked + random * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** (attempts - 1));
}

/** Whether another attempt may end differently: the network and the server's own trouble, not a refusal to serve. */
export function isRetryable(failure: Failure): boolean {
  switch (failure.kind) {
    case "status":
      return isSlowDown(failure) || /^HTTP_5\d\d$/.test(failure.code);
    case "dns":
    case "connect":
    case "closed":
    case "reset":
    case "timeout":
      return true;
    case "proxy":
      // A proxy whose own upstream is in trouble; 407 and 403 are refusals.
      return /^PROXY_5\d\d$/.test(failure.code);
    case "protocol":
      // Servers end single streams of HTTP/2 when they are busy or go away.
      return /^(ERR_HTTP2_|UND_ERR_INFO$)/.test(failure.code);
    case "tls":
    case "content":
    case "other":
      return false;
  }
}

/** Whether the server asks for fewer requests: S3's 503 SlowDown, or 429. */
function isSlowDown(failure: Failure): boolean {
  return failure.code === "HTTP_503" || failure.code === "HTTP_429";
}
