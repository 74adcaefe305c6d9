/** Counts on the server's side since {@link BenchServer.resetCounts}. */
export interface ServerCounts {
  connections: number;
  /** Completed TLS handshakes; undefined if the server doesn't count them. */
  handshakes?: number;
}

/** A server in a separate process from what is measured. */
export interface BenchServer {
  name: string;
  /** Origin of HEAD and GET. */
  url: string;
  /** Bucket URL for LISTs; undefined if there is none. */
  listUrl?: string;
  /** File of the PEM certificate to trust, and its text; undefined for a server that the system trusts. */
  caFile?: string;
  ca?: string;
  /** Kline files that it serves, when known. */
  files?: number;
  /** Resolves with undefined if the server isn't ours. */
  counts: () => Promise<ServerCounts | undefined>;
  resetCounts: () => Promise<void>;
  close: () => Promise<void>;
}

/** A server that isn't ours, given by its URL; it provides no counts. */
export function foreignServer(url: string): BenchServer {
  return {
    name: new URL(url).host,
    url,
    counts: () => Promise.resolve(undefined),
    resetCounts: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
