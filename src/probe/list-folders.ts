import { datasetPrefix } from "../vision/object-key.js";
import { MAX_FOLDER_PAGES, MAX_FOLDERS, MAX_PAGE_ENTRIES } from "../vision/list-limits.js";
import type { Continuation } from "../vision/list-request.js";
import { endlessList } from "./outcome.js";
import type { ListContext } from "./list.js";
import { listWithRetries } from "./list-retries.js";
import type { Failure } from "../rows/failure.js";
import type { ProberContext } from "./prober-context.js";

/** Names of the folders below the dataset's prefix, in the bucket's order, or a failure. */
export type DiscoveryOutcome = { type: "folders"; names: string[] } | { type: "failed"; failure: Failure };

/** Lists all symbol folders of the bucket, page by page. Never rejects. */
export async function discoverFolders(context: ProberContext, listContext: ListContext): Promise<DiscoveryOutcome> {
  const root = datasetPrefix(context.dataset);
  const names: string[] = [];
  let after = "";
  let continuation: Continuation | undefined;
  for (let pages = 0; pages < MAX_FOLDER_PAGES && names.length <= MAX_FOLDERS; pages++) {
    const request = { prefix: root, after, continuation, delimiter: "/", maxKeys: MAX_PAGE_ENTRIES } as const;
    const outcome = await listWithRetries(context, listContext, request);
    if (outcome.type === "failed") return outcome;
    if (outcome.type === "abandoned") {
      return { type: "failed", failure: { kind: "other", code: "ABANDONED", message: "the run was abandoned" } };
    }
    context.counters.add("bytes", outcome.bytes);
    for (const prefix of outcome.page.prefixes) names.push(prefix.slice(root.length, -1));
    if (!outcome.page.truncated) return { type: "folders", names };
    after = outcome.page.lastEntry;
    continuation = outcome.page.continuation;
  }
  return { type: "failed", failure: endlessList(`${names.length} folders so far`) };
}
