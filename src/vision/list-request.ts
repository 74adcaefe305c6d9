/** A request for one list page; the page is checked against it. */
export interface ListRequest {
  prefix: string;
  /** Keys up to and including this one must not come again; "" for the first page. */
  after: string;
  /** What the page before said of this one. Only needed with a delimiter: some servers repeat the last group without. */
  continuation?: Continuation | undefined;
  /** With "/", keys that continue past it come as common prefixes. */
  delimiter?: "/";
  /** Maximum number of objects and prefixes on the page, 1 to 1,000. */
  maxKeys: number;
}

/** Where a server goes on: the token of version 2, or the marker of version 1. */
export interface Continuation {
  parameter: "continuation-token" | "marker";
  value: string;
}

/** Query string of a version 2 request. `start-after` takes a key instead of a token, so any page can be asked for on its own. */
export function listQuery(request: ListRequest): string {
  const query = new URLSearchParams({ "list-type": "2", prefix: request.prefix, "max-keys": String(request.maxKeys) });
  if (request.delimiter !== undefined) query.set("delimiter", request.delimiter);
  const { continuation } = request;
  if (continuation !== undefined) query.set(continuation.parameter, continuation.value);
  else if (request.after !== "") query.set("start-after", request.after);
  return query.toString();
}
