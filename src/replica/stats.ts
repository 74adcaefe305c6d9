import type { RequestKind } from "./bucket.js";

/** Counts of a replica since its start or the last reset. */
export interface ReplicaStats {
  /** TCP connections accepted. */
  connections: number;
  /** TLS handshakes completed. */
  handshakes: number;
  /** Requests received by kind, including those that failed on purpose. */
  requests: Record<RequestKind, number>;
  /** Connections currently open. */
  open: number;
  /** Maximum number of connections open at the same time. */
  maxOpen: number;
  /** Injected faults by kind. */
  faults: { status500: number; status503: number; reset: number; hang: number };
}

/** Counts reset to zero, except for the connections currently open. */
export function freshStats(open = 0): ReplicaStats {
  return {
    connections: 0,
    handshakes: 0,
    requests: { head: 0, get: 0, list: 0, other: 0 },
    open,
    maxOpen: open,
    faults: { status500: 0, status503: 0, reset: 0, hang: 0 },
  };
}
