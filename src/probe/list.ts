import { isAscii } from "node:buffer";
import type { Dispatcher } from "undici";
import { ListPageError, listQuery, parseListPage, type ListPage, type ListRequest } from "../vision/list-page.js";
import { TimedRequest, type Deadlines } from "./net/deadlines.js";
import type { Line } from "./net/pool.js";
import { failureOf, statusFailure, type Headers } from "./outcome.js";
import { type Failure } from "../rows/failure.js";

/** What LIST requests of one thread share. */
export interface ListContext {
  line: Line;
  /** Host and port of the server. */
  host: string;
  deadlines: Deadlines;
  /** Path of the bucket on the server: "/data.binance.vision", or "/" where the bucket is the host. */
  bucketPath: string;
}

/** One list page, or why there is none. */
export type ListOutcome = { type: "page"; page: ListPage; bytes: number } | { type: "failed"; failure: Failure };

/** A page of 1,000 keys is 265 kB; far more than that is not a list page, and is not read to its end. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** Fetches and parses one page. Never rejects. */
export function listPage(context: ListContext, request: ListRequest): Promise<ListOutcome> {
  return new Promise((resolve) => {
    const call = new ListCall(context, request, resolve);
    context.line.dispatch({ path: `${context.bucketPath}?${listQuery(request)}`, method: "GET" }, call);
  });
}

class ListCall extends TimedRequest implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: Headers = {};
  private bytes = 0;
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly context: ListContext,
    private readonly request: ListRequest,
    private readonly resolve: (outcome: ListOutcome) => void,
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
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_PAGE_BYTES) {
      controller.abort(new ListPageError("LIST_MALFORMED", `a page of more than ${MAX_PAGE_BYTES} bytes`));
    } else if (this.status === 200) {
      this.chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    if (this.status !== 200) {
      this.finish({ type: "failed", failure: statusFailure(this.status, this.headers) });
      return;
    }
    try {
      const xml = decodeUtf8(Buffer.concat(this.chunks, this.bytes));
      this.finish({ type: "page", page: parseListPage(xml, this.request), bytes: this.bytes });
    } catch (error) {
      this.finish({ type: "failed", failure: pageFailure(error) });
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.finish({ type: "failed", failure: error instanceof ListPageError ? pageFailure(error) : failureOf(error) });
  }

  private finish(outcome: ListOutcome): void {
    this.context.deadlines.end(this);
    this.resolve(outcome);
  }
}

/** Text of UTF-8 bytes. Nearly all pages are ASCII, for which there is a way that takes a tenth of the time. */
function decodeUtf8(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString("latin1") : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** A page that was read but can't be trusted. The decoder throws a TypeError on bytes that are not UTF-8. */
function pageFailure(error: unknown): Failure {
  const code = error instanceof ListPageError ? error.code : "LIST_MALFORMED";
  return { kind: "protocol", code, message: error instanceof Error ? error.message : String(error) };
}
