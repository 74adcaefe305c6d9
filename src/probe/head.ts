import type { Dispatcher } from "undici";
import { BucketRequest, type RequestContext } from "./bucket-request.js";
import type { ClientAwareOptions, Line } from "./net/pool.js";
import { parseHttpDate } from "./net/http-date.js";
import { parseEtag } from "../vision/etag.js";
import { failureOf, fileOutcome, protocolFailure, statusFailure, type Headers, type Outcome } from "./outcome.js";

/** Shared state of the HEADs of one thread. */
export interface HeadContext extends RequestContext {
  /** False: the socket is closed after each answer, as in a client without a pool. */
  pooled: boolean;
}

/**
 * Sends one HEAD and calls `done` once, with its outcome. If the server has meanwhile closed the kept-alive socket, the
 * HEAD is replayed on a new connection. Redirects are not followed.
 *
 * @param path percent-encoded path of the file on the server
 */
export function head(context: HeadContext, path: string, done: (outcome: Outcome) => void): void {
  new HeadRequest(context, path, done).send(context.line);
}

class HeadRequest extends BucketRequest<HeadContext> implements Dispatcher.DispatchHandler {
  private outcome: Outcome | undefined = undefined;

  constructor(
    context: HeadContext,
    private readonly path: string,
    private readonly done: (outcome: Outcome) => void,
  ) {
    super(context);
  }

  send(line: Pick<Line, "dispatch">): void {
    const options: ClientAwareOptions = {
      path: this.path,
      method: "HEAD",
      // Without `reset: false` undici closes the socket after every HEAD.
      reset: !this.context.pooled,
      requester: this,
    };
    line.dispatch(options, this);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // An informational response comes before the real one.
    if (status >= 200) this.outcome = classify(status, headers);
  }

  onResponseData(): void {
    // A HEAD has no body; undici requires the method.
  }

  protected get hasBegun(): boolean {
    return this.outcome !== undefined;
  }

  protected complete(): void {
    this.finish(
      this.outcome ?? { type: "failed", failure: { kind: "protocol", code: "NO_STATUS", message: "no status" } },
    );
  }

  protected fail(error: Error): void {
    this.finish({ type: "failed", failure: failureOf(error) });
  }

  private finish(outcome: Outcome): void {
    this.context.deadlines.end(this);
    this.done(outcome);
  }
}

/** 200 with a plausible zip is available, 404 is missing, everything else is a failure. */
function classify(status: number, headers: Headers): Outcome {
  if (status === 404) return { type: "missing" };
  if (status !== 200) return { type: "failed", failure: statusFailure(status, headers) };
  const contentType = headers["content-type"];
  if (typeof contentType === "string" && /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType)) {
    return protocolFailure("NOT_A_ZIP", "the server answered with a web page (a proxy or a block page?)");
  }
  const length = headers["content-length"];
  const size = typeof length === "string" && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  if (size === undefined) return malformed(`Content-Length is ${JSON.stringify(length ?? null)}`);
  const modified = headers["last-modified"];
  const lastModified = typeof modified === "string" ? parseHttpDate(modified) : NaN;
  if (Number.isNaN(lastModified)) return malformed(`Last-Modified is ${JSON.stringify(modified ?? null)}`);
  const { etag } = headers;
  return fileOutcome({ size, lastModified, etag: parseEtag(typeof etag === "string" ? etag : undefined) });
}

function malformed(message: string): Outcome {
  return protocolFailure("BAD_HEADER", message);
}
