import type { Answer, Request } from "./answer.js";
import { EXCHANGE_INFO_PATH, exchangeInfo } from "./exchange-info.js";
import type { History } from "./history.js";
import { orderKeys } from "./key-order.js";
import { LIST_PARAMETERS, readListRequest } from "./list-request.js";
import { listPage } from "./list-pages.js";
import { listingDocument } from "./list-page-xml.js";
import { errorAnswer, invalidUri, methodNotAllowed, noSuchBucket, noSuchKey } from "./s3-error.js";
import { objectLookup } from "./stored-object.js";

/** Name of the bucket, and therefore the first part of a path-style path. */
export const BUCKET = "data.binance.vision";

/** The kind of a request. */
export type RequestKind = "head" | "get" | "list" | "other";

/** Answers requests independently of each other; its only state is the history. */
export interface Bucket {
  kindOf: (request: Request) => RequestKind;
  answer: (request: Request) => Answer;
}

/**
 * The bucket as its two hosts present it: objects at `/<key>` as on the download host and at
 * `/data.binance.vision/<key>` as on the list host; listings at `/data.binance.vision` and `/`. Range and conditional
 * requests get the whole object, as RFC 9110 allows.
 */
export function createBucket(history: History): Bucket {
  const order = orderKeys(history);
  const lookup = objectLookup(history);
  let contracts: Answer | undefined;

  function list(query: string): Answer {
    const request = readListRequest(new URLSearchParams(query));
    if ("code" in request) return errorAnswer(request);
    const body = listingDocument(BUCKET, order, request, listPage(order, request));
    const headers = { "Content-Type": "application/xml", Server: "AmazonS3" };
    return { status: 200, headers, length: body.length, body: () => body };
  }

  return {
    kindOf({ method, target }) {
      if (method !== "HEAD" && method !== "GET") return "other";
      if (readPath(target).key === "") return "list";
      return method === "HEAD" ? "head" : "get";
    },
    answer({ method, target }) {
      if (method !== "HEAD" && method !== "GET") return errorAnswer(methodNotAllowed(method));
      if (target === EXCHANGE_INFO_PATH) return (contracts ??= exchangeInfo(history));
      const { key, query } = readPath(target);
      if (key === "") return list(query);
      if (key === undefined) return errorAnswer(invalidUri);
      const found = lookup(key);
      if (found) return found;
      // Only its query distinguishes a listing of another bucket from an object that doesn't exist.
      const otherBucket = !/\/./.test(key) && query !== "" && asksForList(query);
      return errorAnswer(otherBucket ? noSuchBucket(key.replace(/\/$/, "")) : noSuchKey(key));
    },
  };
}

function asksForList(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return LIST_PARAMETERS.some((name) => parameters.has(name));
}

/** Key and query of a request target; the key is "" for the bucket itself and undefined when it can't be decoded. */
function readPath(target: string): { key: string | undefined; query: string } {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? "" : target.slice(mark + 1);
  let key: string;
  try {
    key = path.includes("%") ? decodeURIComponent(path.slice(1)) : path.slice(1);
  } catch {
    return { key: undefined, query };
  }
  if (key === BUCKET) return { key: "", query };
  return { key: key.startsWith(`${BUCKET}/`) ? key.slice(BUCKET.length + 1) : key, query };
}
