import type { FileKeys } from "../vision/list-page-reader.js";
import type { ListRequest } from "../vision/list-request.js";
import { listPage, type ListContext, type ListOutcome } from "./list.js";
import type { ProberContext } from "./prober-context.js";
import { withRetries } from "./retry.js";

/** Fetches a page, with the retries that the run allows. Waits for its turn. Never rejects. */
export function listWithRetries(
  context: ProberContext,
  listContext: ListContext,
  request: ListRequest,
  keys?: FileKeys,
): Promise<ListOutcome | { type: "abandoned" }> {
  const send = () => listPage(listContext, request, keys);
  return withRetries(context, listContext.host, send, () => context.sink.ready());
}
