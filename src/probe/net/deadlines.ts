import type { Dispatcher } from "undici";

/** The server took too long to complete its answer. */
export class ProbeTimeoutError extends Error {
  readonly code = "PROBE_TIMEOUT";
}

/** A request with a deadline. */
export abstract class TimedRequest {
  /** Set once the request is on a socket. */
  controller: Dispatcher.DispatchController | undefined = undefined;
  /** Maintained by {@link Deadlines}: when it started, and its neighbours while it is in the list of requests in flight. */
  startedAt = 0;
  earlier: TimedRequest | undefined = undefined;
  later: TimedRequest | undefined = undefined;
}

/** Sentinel before the first and after the last request in flight, so that every request has two neighbours. */
class Ends extends TimedRequest {
  override earlier: TimedRequest = this;
  override later: TimedRequest = this;
}

/**
 * One timer for all requests in flight of a thread. All have the same timeout, so they expire in the order in which they
 * started, which is the order of an intrusive linked list. (A Set keeps that order too, but took 8 of the 32 µs of CPU
 * of a HEAD.) It also catches slow drips, which undici's own timers don't. A request that is still waiting for its
 * connection has not started; the connector's timeout ends it.
 */
export class Deadlines {
  private readonly ends = new Ends();
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

  /** Starts or restarts the clock of a request that is on its socket. */
  start(request: TimedRequest): void {
    this.end(request);
    const { ends } = this;
    request.startedAt = performance.now();
    request.earlier = ends.earlier;
    request.later = ends;
    ends.earlier.later = request;
    ends.earlier = request;
  }

  /** Stops the clock of a request, if it was started. */
  end(request: TimedRequest): void {
    const { earlier, later } = request;
    if (earlier === undefined || later === undefined) return;
    earlier.later = later;
    later.earlier = earlier;
    request.earlier = undefined;
    request.later = undefined;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private expire(now: number): void {
    const { ends } = this;
    while (ends.later !== ends && now - ends.later.startedAt >= this.timeoutMs) {
      const { later: request } = ends;
      this.end(request);
      request.controller?.abort(new ProbeTimeoutError(`no answer within ${this.timeoutMs} ms`));
    }
  }
}
