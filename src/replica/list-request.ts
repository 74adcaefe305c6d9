import { invalidArgument, type S3Error } from "./s3-error.js";

/** One request for a page of the bucket's listing, read and checked. */
export interface ListRequest {
  version: 1 | 2;
  prefix: string;
  /** Keys are grouped up to the first occurrence of it behind the prefix; "" groups nothing. */
  delimiter: string;
  /** Keys and common prefixes sorting after it are listed: v1's marker, v2's token or else its start-after. */
  after: string;
  /** Items a page holds at most, 0 to 1,000. */
  maxKeys: number;
  /** Whether keys are written percent-encoded, since XML can't hold every character. */
  encodeKeys: boolean;
  /** What the answer repeats as it was given. */
  given: { marker?: string; startAfter?: string; continuationToken?: string };
}

/** Items on a page at most, whatever is asked for. */
const MOST_KEYS = 1_000;

const LARGEST_INT = 2 ** 31 - 1;

/** The parameters whose presence tells that a path without a key asks for a listing. */
export const LIST_PARAMETERS = ["list-type", "prefix", "delimiter", "marker", "start-after", "max-keys"] as const;

/** Reads a listing's query, or gives the error that S3 has for it. Unknown parameters are left aside, as S3 does. */
export function readListRequest(query: URLSearchParams): ListRequest | S3Error {
  const text = (name: string): string => query.get(name) ?? "";
  const listType = query.get("list-type");
  if (listType !== null && listType !== "2") {
    return invalidArgument("list-type", listType, "Invalid List Type specified in Request");
  }
  const encoding = query.get("encoding-type");
  if (encoding !== null && encoding !== "url") {
    return invalidArgument("encoding-type", encoding, "Invalid Encoding Method specified in Request");
  }
  const maxKeys = query.get("max-keys") ?? String(MOST_KEYS);
  const number = Number(maxKeys);
  if (!/^-?\d+$/.test(maxKeys) || number > LARGEST_INT) {
    return invalidArgument("max-keys", maxKeys, "Provided max-keys not an integer or within integer range");
  }
  if (number < 0) {
    return invalidArgument("maxKeys", maxKeys, "Argument maxKeys must be an integer between 0 and 2147483647");
  }
  const common = {
    prefix: text("prefix"),
    delimiter: text("delimiter"),
    maxKeys: Math.min(number, MOST_KEYS),
    encodeKeys: encoding === "url",
  };
  if (listType === null) return { version: 1, ...common, after: text("marker"), given: { marker: text("marker") } };

  const startAfter = query.get("start-after");
  const continuationToken = query.get("continuation-token");
  const resumed = continuationToken === null ? undefined : readToken(continuationToken);
  if (continuationToken !== null && resumed === undefined) {
    return invalidArgument("continuation-token", continuationToken, "The continuation token provided is incorrect");
  }
  return {
    version: 2,
    ...common,
    after: resumed ?? startAfter ?? "",
    given: { ...(startAfter !== null && { startAfter }), ...(continuationToken !== null && { continuationToken }) },
  };
}

/** The token by which v2 goes on after an item. It only has to be opaque; S3's own form isn't known. */
export function tokenAfter(item: string): string {
  return Buffer.from(`1${item}`).toString("base64");
}

function readToken(token: string): string | undefined {
  const item = Buffer.from(token, "base64").toString();
  return item.startsWith("1") && tokenAfter(item.slice(1)) === token ? item.slice(1) : undefined;
}
