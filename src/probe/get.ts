import type { Dispatcher } from "undici";
import { BucketRequest, type RequestContext } from "./bucket-request.js";
import type { ClientAwareOptions, Line } from "./net/pool.js";
import { DroppedBodyError, failureOf, MAX_DROPPED_BYTES, statusFailure, type Headers } from "./outcome.js";
import type { Failure } from "../rows/failure.js";
import { withRetries, type RetryContext } from "./retry.js";

/** Shared state of the GETs of one thread. */
export type GetContext = RequestContext;

/** The object at a path, the fact that there is none, or why that isn't known. */
export type GetOutcome =
  | { type: "object"; bytes: Buffer }
  | { type: "missing" }
  | { type: "failed"; failure: Failure }
  | { type: "abandoned" };

/**
 * Fetches an object, with the retries that the run allows. Waits for its turn. Redirects are not followed. Never
 * rejects.
 *
 * @param path percent-encoded path on the server
 * @param maxBytes maximum length of an object; a longer one is a failure and is not read further
 */
export function getWithRetries(
  context: RetryContext,
  getContext: GetContext,
  path: string,
  maxBytes: number,
): Promise<GetOutcome> {
  return withRetries(context, getContext.host, () => getObject(getContext, path, maxBytes));
}

/**
 * Fetches an object once. If the server has meanwhile closed the kept-alive socket, the request is replayed on a new
 * connection. Never rejects.
 */
export function getObject(context: GetContext, path: string, maxBytes: number): Promise<GetOutcome> {
  return new Promise((resolve) => {
    new GetCall(context, path, maxBytes, resolve).send(context.line);
  });
}

class GetCall extends BucketRequest<GetContext> implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: Headers = {};
  private chunks: Buffer[] = [];
  private length = 0;

  constructor(
    context: GetContext,
    private readonly path: string,
    private readonly maxBytes: number,
    private readonly resolve: (outcome: GetOutcome) => void,
  ) {
    super(context);
  }

  send(line: Pick<Line, "dispatch">): void {
    const options: ClientAwareOptions = { path: this.path, method: "GET", requester: this };
    line.dispatch(options, this);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.status = status;
    this.headers = headers;
    this.chunks = [];
    this.length = 0;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.length += chunk.length;
    if (this.status !== 200) {
      if (this.length > MAX_DROPPED_BYTES) controller.abort(new DroppedBodyError("the rest is not needed"));
    } else if (this.length > this.maxBytes) {
      controller.abort(new TooLongError(`an answer of more than ${this.maxBytes} bytes`));
    } else {
      this.chunks.push(chunk);
    }
  }

  protected get hasBegun(): boolean {
    return this.status !== 0;
  }

  protected complete(): void {
    if (this.status === 200) this.finish({ type: "object", bytes: this.bytes() });
    else if (this.status === 404) this.finish({ type: "missing" });
    else this.finish({ type: "failed", failure: statusFailure(this.status, this.headers) });
  }

  protected fail(error: Error): void {
    if (error instanceof DroppedBodyError) {
      this.complete();
      return;
    }
    const failure: Failure =
      error instanceof TooLongError ? { kind: "protocol", code: error.code, message: error.message } : failureOf(error);
    this.finish({ type: "failed", failure });
  }

  /** The body; most come in one piece, which need not be copied. */
  private bytes(): Buffer {
    const [first, ...others] = this.chunks;
    return first !== undefined && others.length === 0 ? first : Buffer.concat(this.chunks, this.length);
  }

  private finish(outcome: GetOutcome): void {
    this.context.deadlines.end(this);
    this.resolve(outcome);
  }
}

/** An answer is longer than any such object. */
class TooLongError extends Error {
  readonly code = "TOO_LONG";
}
