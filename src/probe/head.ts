import type { Dispatcher } from "undici";
import type { ClientAwareOptions, ConnectionClient, Line } from "./net/pool.js";
import { TimedRequest, type Deadlines } from "./net/deadlines.js";
import { parseHttpDate } from "./net/http-date.js";
import { rawHeader } from "./net/raw-headers.js";
import { parseEtag } from "../vision/etag.js";
import { failureOf, fileOutcome, protocolFailure, statusFailure, type Outcome } from "./outcome.js";

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

/** Takes answers as undici has them: its newer kind of handler makes an object of all headers, and two more. */
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

  onConnect(abort: (reason: Error) => void): void {
    this.controller = { abort };
    this.context.deadlines.start(this);
    this.client?.requestStarted();
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    // An informational response comes before the real one.
    if (status >= 200) this.outcome = classify(status, headers);
    return true;
  }

  onData(): boolean {
    // A HEAD has no body; undici requires the method.
    return true;
  }

  onComplete(): void {
    this.client?.responseEnded();
    this.finish(
      this.outcome ?? { type: "failed", failure: { kind: "protocol", code: "NO_STATUS", message: "no status" } },
    );
  }

  onError(error: Error): void {
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
function classify(status: number, headers: readonly Buffer[]): Outcome {
  if (status === 404) return { type: "missing" };
  if (status !== 200) {
    return { type: "failed", failure: statusFailure(status, { "retry-after": rawHeader(headers, "retry-after") }) };
  }
  if (/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(rawHeader(headers, "content-type") ?? "")) {
    return protocolFailure("NOT_A_ZIP", "the server answered with a web page (a proxy or a block page?)");
  }
  const length = rawHeader(headers, "content-length");
  const size = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  if (size === undefined) return malformed(`Content-Length is ${JSON.stringify(length ?? null)}`);
  const modified = rawHeader(headers, "last-modified");
  const lastModified = parseHttpDate(modified ?? "");
  if (Number.isNaN(lastModified)) return malformed(`Last-Modified is ${JSON.stringify(modified ?? null)}`);
  return fileOutcome({ size, lastModified, etag: parseEtag(rawHeader(headers, "etag")) });
}

function malformed(message: string): Outcome {
  return protocolFailure("BAD_HEADER", message);
}
