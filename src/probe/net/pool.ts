import type { Socket } from "node:net";
import type { buildConnector as connectors, Dispatcher } from "undici";
import { tableLookup, type AddressTable } from "./addresses.js";
import type { Proxy } from "./proxy.js";
import { secureContext } from "./trust.js";
import { tunnelConnector } from "./tunnel.js";
import { buildConnector, Client, loadUndici, Pool } from "./undici.js";
import { USER_AGENT } from "./user-agent.js";

/** How one thread connects to one origin. */
export interface ConnectionOptions {
  /** Scheme, host and port; no path. */
  origin: string;
  /** Maximum number of open sockets. */
  connections: number;
  /** Offer HTTP/2 by ALPN; a socket with HTTP/2 takes {@link STREAMS_PER_CONNECTION} requests at a time. */
  http2: boolean;
  /** Time limit for connecting and for each response, ms. */
  timeoutMs: number;
  /** PEM certificates to trust in addition to Node's. */
  ca?: string;
  /** Omit to connect to the origin directly. */
  proxy?: Proxy;
  /** Addresses of the connection's target, which is the proxy if there is one. */
  addresses: AddressTable;
  /** Called with the client of each socket that has been opened and has completed its handshake. */
  onConnect?: (client: ConnectionClient) => void;
  /** Called with the client of each socket that has ended. */
  onDisconnect?: (client: ConnectionClient) => void;
  /** Called for each socket that could not be opened. */
  onConnectionError?: () => void;
}

/**
 * Requests in flight on one HTTP/2 socket: fewer than the 100 to 128 that servers allow. With HTTP/1.1 there is only
 * one: an answer that hangs must not delay others, and surplus bytes must not be mistaken for the next answer.
 */
export const STREAMS_PER_CONNECTION = 64;

/** Headers of every request. An array, because undici's proxy agent would add a host to an object. */
const HEADERS = ["user-agent", USER_AGENT];

/** Sends requests to one origin. */
export type Line = Pick<Dispatcher, "dispatch" | "destroy">;

/** Options of a request that needs to know which client of the pool it uses. */
export interface ClientAwareOptions extends Dispatcher.DispatchOptions {
  /** Its `client` is set when the request is dispatched. */
  requester?: { client: ConnectionClient | undefined };
}

/**
 * A client of the pool (one socket at a time) that knows whether its socket has served a request before and whether any
 * byte of the current answer has arrived. undici's errors don't distinguish the close of an idle kept-alive socket from
 * a broken answer, and only the former may be replayed. With HTTP/2 the bytes on a socket belong to many answers:
 * there, a request whose own answer has not begun may be replayed when the connection ends, for example by a GOAWAY.
 */
export class ConnectionClient extends Client {
  private served = false;
  private answering = false;
  /** ALPN name of the protocol of the last opened socket. */
  protocol: "h2" | "http/1.1" = "http/1.1";

  /** A new socket is being opened: failures from now on are not the end of an old one. */
  connecting(): void {
    this.served = false;
    this.answering = false;
  }

  /** Watches a socket that this client has just opened. */
  watch(socket: Socket): void {
    this.protocol = "alpnProtocol" in socket && socket.alpnProtocol === "h2" ? "h2" : "http/1.1";
    this.pipelining = this.protocol === "h2" ? STREAMS_PER_CONNECTION : 1;
    if (this.protocol === "h2") return;
    // Registered before undici's own listener, to notice bytes before they are parsed.
    socket.on("readable", () => {
      if (socket.readableLength > 0) this.answering = true;
    });
  }

  override dispatch(options: ClientAwareOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (options.requester !== undefined) options.requester.client = this;
    options.headers = HEADERS;
    return super.dispatch(options, handler);
  }

  /** The request is being written to the socket. */
  requestStarted(): void {
    this.answering = false;
  }

  /** The response has been read completely. */
  responseEnded(): void {
    this.served = true;
  }

  /** Whether the socket that failed had served a request before. */
  get hasServed(): boolean {
    return this.served;
  }

  /** Whether a failure now means that a kept-alive socket was closed before the first byte of the answer. */
  get isStale(): boolean {
    return this.served && !this.answering;
  }
}

/** Opens a socket to an origin. */
type Connector = connectors.connector;

/** Doesn't connect yet: sockets are opened by the first requests. */
export function createLine(options: ConnectionOptions): Line {
  const { origin, http2, proxy } = options;
  const tls = {
    timeout: options.timeoutMs,
    // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment doesn't disable verification.
    rejectUnauthorized: true,
    // Shared by all sockets: by default Node creates one for each, which takes 0.8 ms per connection.
    secureContext: secureContext(options.ca),
  };
  const direct = { ...tls, lookup: tableLookup(options.addresses) };
  if (proxy === undefined) return createPool(options, buildConnector({ ...direct, allowH2: http2 }));
  const undici = loadUndici();
  const agent = new undici.ProxyAgent({
    uri: proxy.url,
    headers: { "user-agent": USER_AGENT },
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
    proxyTls: direct,
    requestTls: { ...tls, allowH2: http2 },
    clientFactory: (url, { connect }: { connect: Connector }) =>
      new undici.Pool(url, { connect, headersTimeout: options.timeoutMs }),
    factory: (_origin, { connect }: { connect: Connector }) => createPool(options, tunnelConnector(connect)),
  });
  return {
    dispatch: (request, handler) => agent.dispatch({ ...request, origin }, handler),
    destroy: () => agent.destroy(),
  };
}

/** @param connect opens a socket to the origin */
function createPool(options: ConnectionOptions, connect: Connector): Pool {
  const pool = new Pool(options.origin, {
    connections: options.connections,
    // Until the socket turns out to use HTTP/2.
    pipelining: 1,
    allowH2: options.http2,
    // Each request has its own deadline, see Deadlines.
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (origin: URL, clientOptions: object) => {
      const client: ConnectionClient = new ConnectionClient(origin, {
        ...clientOptions,
        connect: (target, callback) => {
          client.connecting();
          connect(target, (...result) => {
            if (result[0] === null) client.watch(result[1]);
            callback(...result);
          });
        },
      });
      return client;
    },
  });
  // The last target of such an event is the client concerned, created by the factory above.
  pool.on("connect", (_origin, targets) => options.onConnect?.(targets.at(-1) as ConnectionClient));
  pool.on("disconnect", (_origin, targets) => options.onDisconnect?.(targets.at(-1) as ConnectionClient));
  pool.on("connectionError", () => options.onConnectionError?.());
  return pool;
}
