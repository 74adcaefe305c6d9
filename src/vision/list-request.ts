/** A request for one list page; the response is checked against it. */
export interface ListRequest {
  prefix: string;
  /** Only keys after this one are expected; "" for the first page. */
  after: string;
  /**
   * Continuation from the previous page. Only needed with a delimiter: without it, some servers repeat the last group.
   */
  continuation?: Continuation | undefined;
  /** With "/", keys that contain it after the prefix are grouped into common prefixes. */
  delimiter?: "/";
  /** Maximum number of objects and prefixes on the page, 1 to 1,000. */
  maxKeys: number;
}

/** Where the server continues: the token of version 2, or the marker of version 1. */
export interface Continuation {
  parameter: "continuation-token" | "marker";
  value: string;
}

/**
 * Query string of a version 2 request. `start-after` is a key rather than a token, so any page can be requested alone.
 */
export function listQuery(request: ListRequest): string {
  const query = new URLSearchParams({ "list-type": "2", prefix: request.prefix, "max-keys": String(request.maxKeys) });
  if (request.delimiter !== undefined) query.set("delimiter", request.delimiter);
  const { continuation } = request;
  if (continuation !== undefined) query.set(continuation.parameter, continuation.value);
  else if (request.after !== "") query.set("start-after", request.after);
  return query.toString();
}
