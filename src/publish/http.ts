import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { dispatcherFor } from "../probe/net/dispatcher.js";
import { USER_AGENT } from "../probe/net/user-agent.js";
import { PublicationError } from "../errors.js";

/** Time limit for connecting, for the start of a response, and for each pause within it, ms. */
const TIMEOUT_MS = 30_000;

/** Maximum number of redirects: the files of a GitHub release are on another host. */
const MAX_REDIRECTS = 5;

/** How a publication is fetched. */
export interface HttpOptions {
  /** PEM certificates to trust in addition to Node's. */
  ca: string | undefined;
  /** Environment variables, which may name proxies. */
  env: NodeJS.ProcessEnv;
  signal: AbortSignal | undefined;
}

/** A response with status 200 or 206. */
export interface HttpAnswer {
  /** Offset in the file at which the body starts. */
  from: number;
  body: Readable;
}

/** A failure that a retry may overcome. */
export class PassingFailure extends Error {}

/**
 * Requests a file, or the rest of it, and passes the response to `use`.
 *
 * @param from offset of the first byte; a server that doesn't support ranges returns the whole file
 * @throws PublicationError PUBLICATION_UNREACHABLE for a permanent failure; PassingFailure, or a network error, for one
 *   that a retry may overcome
 */
export async function get<Result>(
  url: string,
  from: number,
  options: HttpOptions,
  use: (answer: HttpAnswer) => Promise<Result>,
): Promise<Result> {
  let target = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const dispatcher = await dispatcherFor(target, { ...options, timeoutMs: TIMEOUT_MS });
    try {
      const answer = await request(target, from, dispatcher, options.signal);
      const location = redirectOf(answer, target);
      if (location === undefined) return await use(readAnswer(answer, url, from));
      target = location;
    } finally {
      await dispatcher.destroy();
    }
  }
  throw unreachable(url, `redirects more than ${MAX_REDIRECTS} times`);
}

async function request(url: string, from: number, dispatcher: Dispatcher, signal: AbortSignal | undefined) {
  const { request: send } = (await import("undici")).default;
  const headers = { "user-agent": USER_AGENT, ...(from === 0 ? {} : { range: `bytes=${from}-` }) };
  return await send(url, { headers, dispatcher, ...(signal === undefined ? {} : { signal }) });
}

/** Target of a redirect, if the response is one. A redirect from https to http is refused. */
function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, url: string): string | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(statusCode) || typeof location !== "string") return undefined;
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  const allowed = url.startsWith("https:") ? ["https:"] : ["http:", "https:"];
  if (target === undefined || !allowed.includes(target.protocol)) {
    throw unreachable(url, "redirects to an address that is not followed");
  }
  return target.href;
}

function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData, url: string, from: number): HttpAnswer {
  if (statusCode === 200) return { from: 0, body };
  const range = /^bytes (\d+)-/.exec(String(headers["content-range"] ?? ""));
  if (statusCode === 206 && from > 0 && range?.[1] === String(from)) return { from, body };
  if (statusCode === 429 || statusCode >= 500) throw new PassingFailure(`${url} answers ${statusCode}`);
  throw unreachable(url, `answers ${statusCode}`);
}

function unreachable(url: string, what: string): PublicationError {
  return new PublicationError("PUBLICATION_UNREACHABLE", `${url} ${what}`);
}
