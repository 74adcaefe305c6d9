import { STREAMS_PER_CONNECTION, type ConnectionClient } from "./pool.js";

/**
 * How many HEADs of a thread fit on its connections. Where HTTP/2 is offered, a few connections begin with one HEAD
 * each; one that turns out to speak it takes many more, and when one doesn't, there may be as many as of HTTP/1.1. So a
 * server of either kind gets neither more handshakes than it takes nor an extra round trip to find out.
 */
export class Concurrency {
  /** Clients whose connection speaks HTTP/2. Not a number, since undici may tell the end of a connection twice. */
  private readonly http2 = new Set<ConnectionClient>();
  private http1 = false;

  /**
   * @param connections maximum of HTTP/1.1
   * @param http2Connections maximum of HTTP/2; 0 when it is not offered
   */
  constructor(
    private readonly connections: number,
    private readonly http2Connections: number,
  ) {}

  /** Maximum HEADs to have in flight, for now. */
  get limit(): number {
    if (this.http1 || this.http2Connections === 0) return this.connections;
    return this.http2Connections + this.http2.size * (STREAMS_PER_CONNECTION - 1);
  }

  connected(client: ConnectionClient): void {
    if (client.protocol === "h2") this.http2.add(client);
    else this.http1 = true;
  }

  disconnected(client: ConnectionClient): void {
    this.http2.delete(client);
  }

  /** A connection failed before the protocol was known: up to the limit of HTTP/1.1, so that a dead server fails fast. */
  failed(): void {
    this.http1 ||= this.http2.size === 0;
  }
}
