/** What a server counted on its side since {@link BenchServer.resetCounts}. */
export interface ServerCounts {
  connections: number;
  /** TLS handshakes completed; undefined when the server doesn't tell. */
  handshakes?: number;
}

/** A server that runs in a process of its own, away from what is measured. */
export interface BenchServer {
  name: string;
  /** Origin of HEAD and GET. */
  url: string;
  /** Bucket URL of listings; undefined where there is none. */
  listUrl?: string;
  /** File of the PEM certificate to trust, and its text; undefined for a server that the system trusts. */
  caFile?: string;
  ca?: string;
  /** Kline files that it serves, when known. */
  files?: number;
  /** Undefined when the server is not ours to ask. */
  counts: () => Promise<ServerCounts | undefined>;
  resetCounts: () => Promise<void>;
  close: () => Promise<void>;
}

/** A server of others, given by its URL: nothing is known of its side. */
export function foreignServer(url: string): BenchServer {
  return {
    name: new URL(url).host,
    url,
    counts: () => Promise.resolve(undefined),
    resetCounts: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
