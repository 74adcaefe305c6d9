import type { Dispatcher } from "undici";
import type { ClientAwareOptions, ConnectionClient, Line } from "./net/pool.js";
import { TimedRequest, type Deadlines } from "./net/deadlines.js";
import { parseHttpDate } from "./net/http-date.js";
import { parseEtag } from "../vision/etag.js";
import { failureOf, fileOutcome, protocolFailure, statusFailure, type Headers, type Outcome } from "./outcome.js";

/** What HEADs of one thread share. */
export interface HeadContext {
  line: Line;
  /** Host and port of the server. */
  host: string;
  deadlines: Deadlines;
  /** False: the socket is closed after each answer, as a client without a pool does. */
  pooled: boolean;
  /** Called when a stale kept-alive socket made a HEAD start over. */
  onReplay: () => void;
}

/**
 * Sends one HEAD and gives its outcome, once. A HEAD that meets a kept-alive socket which the server has closed in the
 * meantime is replayed on a fresh connection. Redirects are not followed.
 *
 * @param path percent-encoded path of the file on the server
 */
export function head(context: HeadContext, path: string, done: (outcome: Outcome) => void): void {
  new HeadRequest(context, path, done).send(context.line);
}

class HeadRequest extends TimedRequest implements Dispatcher.DispatchHandler {
  client: ConnectionClient | undefined = undefined;
  private outcome: Outcome | undefined = undefined;

  constructor(
    private readonly context: HeadContext,
    private readonly path: string,
    private readonly done: (outcome: Outcome) => void,
  ) {
    super();
  }

  send(line: Pick<Line, "dispatch">): void {
    const options: ClientAwareOptions = {
      path: this.path,
      method: "HEAD",
      // Without `reset: false` undici closes the socket after every HEAD.
      reset: !this.context.pooled,
      tell: this,
    };
    line.dispatch(options, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.context.deadlines.start(this);
    this.client?.requestStarted();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // An informational response comes before the real one.
    if (status >= 200) this.outcome = classify(status, headers);
  }

  onResponseData(): void {
    // A HEAD has no body; undici requires the method.
  }

  onResponseEnd(): void {
    this.client?.responseEnded();
    this.finish(
      this.outcome ?? { type: "failed", failure: { kind: "protocol", code: "NO_STATUS", message: "no status" } },
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const failure = failureOf(error);
    const client = this.client;
    const socketEnded = failure.kind === "closed" || failure.kind === "reset";
    if (client === undefined || !socketEnded) {
      this.finish({ type: "failed", failure });
    } else if (this.controller === undefined && client.hasServed) {
      // It was waiting for its turn: undici fails such requests too when a kept-alive socket is reset.
      this.sendAgain(client);
    } else if (client.isStale && this.outcome === undefined) {
      // On a fresh socket a failure is final. Another HEAD may have been served first on it: then it is kept-alive again.
      this.context.onReplay();
      this.sendAgain(client);
    } else {
      this.finish({ type: "failed", failure });
    }
  }

  /** The client has lost its only socket, so the same client means a fresh connection, within the cap. */
  private sendAgain(client: ConnectionClient): void {
    this.context.deadlines.end(this);
    this.controller = undefined;
    setImmediate(() => {
      this.send(client);
    });
  }

  private finish(outcome: Outcome): void {
    this.context.deadlines.end(this);
    this.done(outcome);
  }
}

/** 200 with a plausible zip is available, 404 missing, all else a failure. */
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
