import type { RequestKind } from "./bucket.js";

/** What a replica has counted since it started or since the last reset. */
export interface ReplicaStats {
  /** TCP connections accepted. */
  connections: number;
  /** TLS handshakes completed. */
  handshakes: number;
  /** Requests read, by what they ask for; those that a fault befell are among them. */
  requests: Record<RequestKind, number>;
  /** Connections open now. */
  open: number;
  /** The most that were open at once. */
  maxOpen: number;
  /** Faults played, by kind. */
  faults: { status500: number; status503: number; reset: number; hang: number };
}

/** Counts at zero, but for the connections that are open now. */
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
