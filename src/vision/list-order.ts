import { MAX_KEY_BYTES } from "./list-limits.js";
import { ListPageError, malformed } from "./list-page.js";
import type { ListRequest } from "./list-request.js";

/** Order of S3 keys: by UTF-8 bytes, which is by code point. */
export function compareUtf8(a: string, b: string): number {
  // JavaScript compares UTF-16 units, which gives the same order as long as no character is beyond U+FFFF.
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Throws unless a key or common prefix has a legal length, comes after the previous one, and starts with the requested
 * prefix.
 *
 * @throws ListPageError
 */
export function requireOrder(name: string, previous: string, prefix: string): void {
  if (name.length > MAX_KEY_BYTES) throw malformed(`a key of more than ${MAX_KEY_BYTES} bytes`);
  if (!name.startsWith(prefix)) {
    throw new ListPageError("LIST_FOREIGN", `${JSON.stringify(name)} is outside ${prefix}`);
  }
  if (compareUtf8(name, previous) <= 0) {
    throw new ListPageError("LIST_ORDER", `${JSON.stringify(name)} comes after ${JSON.stringify(previous)}`);
  }
}

/**
 * Throws unless a common prefix ends with the requested delimiter. A group that nobody asked for would hide its keys.
 *
 * @throws ListPageError
 */
export function requireGroup(group: string, { delimiter }: ListRequest): void {
  if (delimiter === undefined) throw malformed("keys are grouped, which was not requested");
  if (!group.endsWith(delimiter)) {
    throw malformed(`the group ${JSON.stringify(group)} doesn't end with ${JSON.stringify(delimiter)}`);
  }
}
