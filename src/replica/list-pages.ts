import { compareUtf8 } from "../vision/list-order.js";
import { keyAt, positionAfter, positionBehind, positionFrom, type KeyOrder } from "./key-order.js";
import type { ListRequest } from "./list-request.js";

/** A page of the listing, with positions instead of keys: these are written directly from the history. */
export interface ListPage {
  /** Keys on the page, as ranges of positions [from, to). */
  contents: { from: number; to: number }[];
  /** Groups on the page, each ending in the delimiter. */
  commonPrefixes: string[];
  /** Keys and groups on the page. */
  count: number;
  /** The last key or group on the page, after which the next page begins; undefined on the last page. */
  next: string | undefined;
}

/**
 * The page that S3 would return: keys that begin with the prefix, in order, grouped where they contain the delimiter
 * after the prefix. It contains up to `maxKeys` keys and groups that sort after `after`. A group counts as one item and
 * sorts by its own text, so a marker inside a group skips the whole group.
 */
export function listPage(order: KeyOrder, request: ListRequest): ListPage {
  const { prefix, delimiter, after, maxKeys } = request;
  const end = positionBehind(order, prefix);
  const start = Math.max(positionFrom(order, prefix), after === "" ? 0 : positionAfter(order, after));
  const page: ListPage = { contents: [], commonPrefixes: [], count: 0, next: undefined };
  if (maxKeys === 0) return page;
  if (delimiter === "") {
    const to = Math.min(end, start + maxKeys);
    if (to <= start) return page;
    page.contents.push({ from: start, to });
    page.count = to - start;
    if (to < end) page.next = keyAt(order, to - 1);
    return page;
  }
  let last = "";
  for (let position = start; position < end;) {
    const key = keyAt(order, position);
    const cut = key.indexOf(delimiter, prefix.length);
    const group = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    const behind = group === undefined ? position + 1 : positionBehind(order, group);
    if (group === undefined || after === "" || compareUtf8(group, after) > 0) {
      if (page.count === maxKeys) {
        page.next = last;
        break;
      }
      if (group === undefined) page.contents.push({ from: position, to: behind });
      else page.commonPrefixes.push(group);
      page.count++;
      last = group ?? key;
    }
    position = behind;
  }
  return page;
}
