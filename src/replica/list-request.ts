import { invalidArgument, type S3Error } from "./s3-error.js";

/** A parsed and validated request for a page of the bucket's listing. */
export interface ListRequest {
  version: 1 | 2;
  prefix: string;
  /** Keys are grouped up to its first occurrence after the prefix; "" groups nothing. */
  delimiter: string;
  /** Only keys and common prefixes after this one are listed: v1's marker, or v2's token or start-after. */
  after: string;
  /** Maximum number of items on the page, 0 to 1,000. */
  maxKeys: number;
  /** Whether keys are percent-encoded, because XML can't represent every character. */
  encodeKeys: boolean;
  /** Parameters that the answer repeats verbatim. */
  given: { marker?: string; startAfter?: string; continuationToken?: string };
}

/** Maximum number of items on a page, even if more are requested. */
const MAX_KEYS = 1_000;

const MAX_INT = 2 ** 31 - 1;

/** Parameters that identify a request without a key as a listing. */
export const LIST_PARAMETERS = ["list-type", "prefix", "delimiter", "marker", "start-after", "max-keys"] as const;

/** Parses a listing's query, or returns S3's error for it. Unknown parameters are ignored, as in S3. */
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
  const maxKeys = query.get("max-keys") ?? String(MAX_KEYS);
  const number = Number(maxKeys);
  if (!/^-?\d+$/.test(maxKeys) || number > MAX_INT) {
    return invalidArgument("max-keys", maxKeys, "Provided max-keys not an integer or within integer range");
  }
  if (number < 0) {
    return invalidArgument("maxKeys", maxKeys, "Argument maxKeys must be an integer between 0 and 2147483647");
  }
  const common = {
    prefix: text("prefix"),
    delimiter: text("delimiter"),
    maxKeys: Math.min(number, MAX_KEYS),
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

/** The token with which v2 continues after an item. It only has to be opaque; S3's own format isn't public. */
export function tokenAfter(item: string): string {
  return Buffer.from(`1${item}`).toString("base64");
}

function readToken(token: string): string | undefined {
  const item = Buffer.from(token, "base64").toString();
  return item.startsWith("1") && tokenAfter(item.slice(1)) === token ? item.slice(1) : undefined;
}
