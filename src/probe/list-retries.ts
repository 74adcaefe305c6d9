import { setTimeout as sleep } from "node:timers/promises";
import type { ListRequest } from "../vision/list-page.js";
import { backoffMs } from "./retry.js";
import { listPage, type ListContext, type ListOutcome } from "./list.js";
import { isRetryable, isSlowDown } from "./outcome.js";
import type { ProberContext } from "./prober-context.js";

/** Fetches a page, again after failures that may pass as often as the run allows. Waits while the run is paused. */
export async function listWithRetries(
  context: ProberContext,
  listContext: ListContext,
  request: ListRequest,
): Promise<ListOutcome | { type: "abandoned" }> {
  for (let attempt = 1; ; attempt++) {
    await context.sink.ready();
    const pause = context.traffic.pauseLeft(Date.now());
    if (pause > 0) await sleep(pause);
    if (context.traffic.isAbandoned) return { type: "abandoned" };
    context.counters.add("requests");
    const outcome = await listPage(listContext, request);
    if (outcome.type === "page") return outcome;
    if (attempt > context.retries || !isRetryable(outcome.failure)) return outcome;
    const delay = backoffMs(outcome.failure, attempt, Math.random());
    if (isSlowDown(outcome.failure)) context.traffic.pauseUntil(Date.now() + delay);
    context.counters.add("retries");
    await sleep(delay);
  }
}
