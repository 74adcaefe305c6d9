import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";

const BASE_MS = 200;
const MAX_BACKOFF_MS = 10_000;
/** Cap on Retry-After. Beyond it we retry early rather than stall the run. */
const MAX_ASKED_MS = 60_000;

/** The part of a prober's context that retries need. */
export type RetryContext = Pick<ProberContext, "retries" | "counters" | "traffic" | "onRetry">;

/**
 * Sends a request, with the retries that the run allows. Each attempt waits for its turn and is counted. Rejects only
 * if `send` or `ready` does.
 *
 * @param host host of the request
 * @param send makes one attempt; its result has a `failure` if it failed
 * @param ready awaited by each attempt before its turn; by default nothing
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
 * Decides whether and when a failed request is sent again. Counts and reports the retry; if the server asks for fewer
 * requests, all threads pause.
 *
 * @param host host of the request
 * @param attempts number of attempts so far, from 1
 * @param random in [0, 1)
 * @returns ms to wait before the next attempt; undefined if the failure is final
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
 * Delay before the next attempt, ms, with full jitter, so that probes that failed together don't return together; added
 * to the time that the server asked for.
 *
 * @param failure failure of the last attempt
 * @param attempts number of attempts so far, from 1
 * @param random in [0, 1)
 */
export function backoffMs(failure: Failure, attempts: number, random: number): number {
  const asked = Math.min(failure.retryAfterMs ?? 0, MAX_ASKED_MS);
  return asked + random * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** (attempts - 1));
}

/** Whether another attempt may succeed: after problems of the network or the server, but not after a refusal. */
export function isRetryable(failure: Pick<Failure, "kind" | "code">): boolean {
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
      // The proxy or its upstream has a problem; 407 and 403 are refusals.
      return /^PROXY_(5\d\d|CLOSED)$/.test(failure.code);
    case "protocol":
      // Servers end single HTTP/2 streams when they are busy or shut down.
      return /^(ERR_HTTP2_|UND_ERR_INFO$)/.test(failure.code);
    case "tls":
    case "content":
    case "other":
      return false;
  }
}

/** Whether the server asks for fewer requests: S3's 503 SlowDown, or 429. */
function isSlowDown(failure: Pick<Failure, "code">): boolean {
  return failure.code === "HTTP_503" || failure.code === "HTTP_429";
}
