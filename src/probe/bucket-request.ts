import type { Dispatcher } from "undici";
import type { ConnectionClient, Line } from "./net/pool.js";
import { TimedRequest, type Deadlines } from "./net/deadlines.js";
import { failureOf } from "./outcome.js";

/** Shared state of the requests of one thread to one host. */
export interface RequestContext {
  line: Line;
  /** Host and port of the server. */
  host: string;
  deadlines: Deadlines;
  /** Called when a request is replayed because its kept-alive socket was stale. */
  onReplay: () => void;
}

/**
 * A request to the bucket, which may be sent more than once because it only reads. If the server has meanwhile closed
 * the kept-alive socket, it is replayed on a new connection.
 */
export abstract class BucketRequest<Context extends RequestContext> extends TimedRequest {
  client: ConnectionClient | undefined = undefined;

  constructor(protected readonly context: Context) {
    super();
  }

  /** Sends the request, with itself as the `requester`. */
  abstract send(line: Pick<Line, "dispatch">): void;

  /** Whether the answer has begun. */
  protected abstract get hasBegun(): boolean;

  /** Called when the answer has been read. */
  protected abstract complete(): void;

  /** Called when there is no whole answer and no replay. */
  protected abstract fail(error: Error): void;

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.context.deadlines.start(this);
    this.client?.requestStarted();
  }

  onResponseEnd(): void {
    this.client?.responseEnded();
    this.complete();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const { kind } = failureOf(error);
    const client = this.client;
    if (client === undefined || (kind !== "closed" && kind !== "reset")) {
      this.fail(error);
    } else if (this.controller === undefined && client.hasServed) {
      // It was still queued: undici fails queued requests too when a kept-alive socket is reset.
      this.sendAgain(client);
    } else if (client.isStale && !this.hasBegun) {
      // On a fresh socket a failure is final. If another request was served on it first, it counts as kept-alive again.
      this.context.onReplay();
      this.sendAgain(client);
    } else {
      this.fail(error);
    }
  }

  /** The client has lost its only socket, so using it again opens a new connection without exceeding the limit. */
  private sendAgain(client: ConnectionClient): void {
    this.context.deadlines.end(this);
    this.controller = undefined;
    setImmediate(() => {
      this.send(client);
    });
  }
}
