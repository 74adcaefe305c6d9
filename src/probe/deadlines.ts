import type { Dispatcher } from "undici";

/** A request that must be answered in time. `controller` is set once it is on a socket. */
export interface TimedRequest {
  controller: Dispatcher.DispatchController | undefined;
  startedAt: number;
}

/** The server took too long to answer in full. */
export class ProbeTimeoutError extends Error {
  readonly code = "PROBE_TIMEOUT";
}

/**
 * One timer for all requests in flight of a thread. All share one timeout, so they expire in the order in which they
 * started, which is the order a Set keeps. It covers slow drips too, which undici's own timers let pass; a request
 * that still waits for its connection is ended by the connector's timeout.
 */
export class Deadlines {
  private readonly inFlight = new Set<TimedRequest>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly timeoutMs: number) {
    this.timer = setInterval(
      () => {
        this.expire(performance.now());
      },
      Math.min(250, Math.max(5, timeoutMs / 8)),
    );
    this.timer.unref();
  }

  /** Starts a request's time, also anew. */
  start(request: TimedRequest): void {
    this.inFlight.delete(request);
    request.startedAt = performance.now();
    this.inFlight.add(request);
  }

  end(request: TimedRequest): void {
    this.inFlight.delete(request);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private expire(now: number): void {
    for (const request of this.inFlight) {
      if (now - request.startedAt < this.timeoutMs) break;
      if (request.controller === undefined) continue;
      this.inFlight.delete(request);
      request.controller.abort(new ProbeTimeoutError(`no answer within ${this.timeoutMs} ms`));
    }
  }
}
