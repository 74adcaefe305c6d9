import { STREAMS_PER_CONNECTION, type ConnectionClient } from "./pool.js";

/**
 * How many HEADs a thread may have in flight. If HTTP/2 is offered, it starts with a few connections and one HEAD on
 * each. A connection that turns out to use HTTP/2 takes many more; if one doesn't, the limit of HTTP/1.1 applies. So
 * neither kind of server gets unnecessary handshakes, and detecting the protocol takes no extra round trip.
 */
export class Concurrency {
  /** Clients whose connection uses HTTP/2. A set, because undici may report the end of a connection twice. */
  private readonly http2 = new Set<ConnectionClient>();
  private http1 = false;

  /**
   * @param connections maximum for HTTP/1.1
   * @param http2Connections maximum for HTTP/2; 0 if it isn't offered
   */
  constructor(
    private readonly connections: number,
    private readonly http2Connections: number,
  ) {}

  /** Current maximum number of HEADs in flight. */
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

  /**
   * A connection failed before the protocol was known: allow the limit of HTTP/1.1, so that a dead server fails fast.
   */
  failed(): void {
    this.http1 ||= this.http2.size === 0;
  }
}
