import type { Dispatcher } from "undici";
import { TimedRequest, type Deadlines } from "./net/deadlines.js";
import type { Line } from "./net/pool.js";
import { DroppedBodyError, failureOf, MAX_DROPPED_BYTES, statusFailure, type Headers } from "./outcome.js";
import type { Failure } from "../rows/failure.js";
import { withRetries, type RetryContext } from "./retry.js";

/** Shared state of the GETs of one thread. */
export interface GetContext {
  line: Line;
  /** Host and port of the server. */
  host: string;
  deadlines: Deadlines;
}

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

/** Fetches an object once. Never rejects. */
export function getObject(context: GetContext, path: string, maxBytes: number): Promise<GetOutcome> {
  return new Promise((resolve) => {
    context.line.dispatch({ path, method: "GET" }, new GetCall(context, maxBytes, resolve));
  });
}

class GetCall extends TimedRequest implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: Headers = {};
  private chunks: Buffer[] = [];
  private length = 0;

  constructor(
    private readonly context: GetContext,
    private readonly maxBytes: number,
    private readonly resolve: (outcome: GetOutcome) => void,
  ) {
    super();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.context.deadlines.start(this);
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

  onResponseEnd(): void {
    if (this.status === 200) this.finish({ type: "object", bytes: this.bytes() });
    else if (this.status === 404) this.finish({ type: "missing" });
    else this.finish({ type: "failed", failure: statusFailure(this.status, this.headers) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (error instanceof DroppedBodyError) {
      this.onResponseEnd();
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
