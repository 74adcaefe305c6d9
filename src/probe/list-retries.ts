import type { FileKeys } from "../vision/list-page-reader.js";
import type { ListRequest } from "../vision/list-request.js";
import { listPage, type ListContext, type ListOutcome } from "./list.js";
import type { ProberContext } from "./prober-context.js";
import { planRetry } from "./retry.js";

/** Fetches a page, with the retries that the run allows. Waits for its turn. Never rejects. */
export async function listWithRetries(
  context: ProberContext,
  listContext: ListContext,
  request: ListRequest,
  keys?: FileKeys,
): Promise<ListOutcome | { type: "abandoned" }> {
  for (let attempts = 1; ; attempts++) {
    await context.sink.ready();
    if (!(await context.traffic.turn())) return { type: "abandoned" };
    context.counters.add("requests");
    const outcome = await listPage(listContext, request, keys);
    if (outcome.type === "page") return outcome;
    const delay = planRetry(context, listContext.host, outcome.failure, attempts);
    if (delay === undefined) return outcome;
    await context.traffic.sleep(delay);
    if (context.traffic.isEnding) return { type: "abandoned" };
  }
}
