import type { Dispatcher } from "undici";
import { MAX_PAGE_BYTES } from "../vision/list-limits.js";
import { ListPageError, malformed, type ListPage } from "../vision/list-page.js";
import { ListPageReader, type FileKeys } from "../vision/list-page-reader.js";
import { listQuery, type ListRequest } from "../vision/list-request.js";
import { BucketRequest, type RequestContext } from "./bucket-request.js";
import type { ClientAwareOptions, Line } from "./net/pool.js";
import { DroppedBodyError, failureOf, MAX_DROPPED_BYTES, statusFailure, type Headers } from "./outcome.js";
import { type Failure } from "../rows/failure.js";

/** Shared state of the LIST requests of one thread. */
export interface ListContext extends RequestContext {
  /** Path of the bucket on the server: "/data.binance.vision", or "/" if the host is the bucket. */
  bucketPath: string;
}

/** One list page, or why there is none. */
export type ListOutcome = { type: "page"; page: ListPage; bytes: number } | { type: "failed"; failure: Failure };

/**
 * Fetches one page, and parses it while it arrives. If the server has meanwhile closed the kept-alive socket, the
 * request is replayed on a new connection. Never rejects.
 *
 * @param keys the wanted files, if any
 */
export function listPage(context: ListContext, request: ListRequest, keys?: FileKeys): Promise<ListOutcome> {
  return new Promise((resolve) => {
    const path = `${context.bucketPath}?${listQuery(request)}`;
    new ListCall(context, path, () => new ListPageReader(request, keys), resolve).send(context.line);
  });
}

class ListCall extends BucketRequest<ListContext> implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: Headers = {};
  private bytes = 0;
  /** Set once an answer that may be a page has begun. */
  private reader: ListPageReader | undefined = undefined;

  constructor(
    context: ListContext,
    private readonly path: string,
    private readonly createReader: () => ListPageReader,
    private readonly resolve: (outcome: ListOutcome) => void,
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
    this.bytes = 0;
    this.reader = status === 200 ? this.createReader() : undefined;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.reader === undefined) {
      if (this.bytes > MAX_DROPPED_BYTES) controller.abort(new DroppedBodyError("the rest is not needed"));
      return;
    }
    try {
      if (this.bytes > MAX_PAGE_BYTES) throw malformed(`an answer of more than ${MAX_PAGE_BYTES} bytes`);
      this.reader.push(chunk);
    } catch (error) {
      // The rest can't make the page valid.
      controller.abort(error as Error);
    }
  }

  protected get hasBegun(): boolean {
    return this.status !== 0;
  }

  protected complete(): void {
    if (this.reader === undefined) {
      this.finish({ type: "failed", failure: statusFailure(this.status, this.headers) });
      return;
    }
    try {
      this.finish({ type: "page", page: this.reader.finish(), bytes: this.bytes });
    } catch (error) {
      this.finish({ type: "failed", failure: pageFailure(error as Error) });
    }
  }

  protected fail(error: Error): void {
    if (error instanceof DroppedBodyError) this.complete();
    else this.finish({ type: "failed", failure: pageFailure(error) });
  }

  private finish(outcome: ListOutcome): void {
    this.context.deadlines.end(this);
    this.resolve(outcome);
  }
}

/** Why there is no page: the answer can't be trusted, or there was none. */
function pageFailure(error: Error): Failure {
  return error instanceof ListPageError
    ? { kind: "protocol", code: error.code, message: error.message }
    : failureOf(error);
}
