import { ListPageError } from "./list-page.js";
import type { ListRequest } from "./list-request.js";

/** What a page may say about the request that it answers. S3 always sends the first and the last, others send fewer. */
export type Echo = "Prefix" | "Delimiter" | "StartAfter" | "ContinuationToken" | "Marker" | "MaxKeys";

/**
 * Throws if a page says that it answers another request. A cache that drops the query sends such pages, and an empty one
 * would prove that files are absent.
 *
 * @param text the text of the page's element `name`
 * @throws ListPageError
 */
export function requireEcho(request: ListRequest, name: Echo, text: string): void {
  if (name === "MaxKeys" ? isPageSize(text, request.maxKeys) : text === sent(request, name)) return;
  const wanted = name === "MaxKeys" ? String(request.maxKeys) : sent(request, name);
  throw new ListPageError(
    "LIST_FOREIGN",
    `the page answers another request: ${name} is ${JSON.stringify(text)}, not ${JSON.stringify(wanted)}`,
  );
}

/** Servers may allow fewer entries a page than requested. */
function isPageSize(text: string, maxKeys: number): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= maxKeys;
}

/** The parameter as `listQuery` sends it; "" if it doesn't. */
function sent({ prefix, after, continuation, delimiter }: ListRequest, name: Exclude<Echo, "MaxKeys">): string {
  switch (name) {
    case "Prefix":
      return prefix;
    case "Delimiter":
      return delimiter ?? "";
    case "StartAfter":
      return continuation === undefined ? after : "";
    case "ContinuationToken":
      return continuation?.parameter === "continuation-token" ? continuation.value : "";
    // Version 1 has no start-after: such a server begins at the first key, and the order of keys is checked.
    case "Marker":
      return continuation?.parameter === "marker" ? continuation.value : "";
  }
}
