import type { RunEvent } from "./events.js";

/** Options that every command which probes has in common. */
export interface RunOptions {
  /** Path of the DuckDB file; made when it isn't there. */
  db: string;
  /** Where HEADs go. Default: Binance Vision. */
  endpoint?: string;
  /** Bucket URL that LISTs go to. Default: Binance Vision's, unless `endpoint` is given: then there is no listing. */
  listEndpoint?: string;
  /** PEM certificates to trust instead of the system's. */
  ca?: string;
  /** Symbols to probe. Default: every perpetual of the bucket, settled ones included. */
  symbols?: readonly string[];
  /** Keep only symbols with this quote asset. */
  quote?: string;
  /** How to probe: `auto` takes what costs fewer requests. Default: `auto`. */
  source?: "auto" | "head" | "list";
  /** Prober threads. Default: {@link DEFAULT_THREADS}. */
  threads?: number;
  /** Sockets in all, split over the threads. Default: {@link DEFAULT_CONNECTIONS}. */
  connections?: number;
  /** Offer HTTP/2 for HEADs; a server without it gets HTTP/1.1. Default: {@link DEFAULT_HTTP2}. */
  http2?: boolean;
  /** False opens a connection for every HEAD, for comparison, over HTTP/1.1. */
  pool?: boolean;
  /** Limit for connecting and for each answer, ms. */
  timeoutMs?: number;
  /** Further attempts after a failure that may pass. */
  retries?: number;
  /** Share of failed cells (0 to 1) above which a run is stopped, after {@link BREAKER_CELLS} cells. Default: never. */
  maxFailureRate?: number;
  /** Aborting it finishes the units in hand and ends the run as interrupted. */
  signal?: AbortSignal;
  /** Called with what happens, in order, on the calling thread. */
  onEvent?: (event: RunEvent) => void;
}

/** Commands that probe, as summaries and the journal name them. */
export type RunCommand = "update" | "backfill" | "discover";

/**
 * Prober threads by default. For a day of a thousand symbols a second thread costs more (its start and its share of
 * undici, 100 ms of CPU) than it saves; for a history it pays off.
 */
export const DEFAULT_THREADS: Readonly<Record<RunCommand, number>> = { update: 1, backfill: 2, discover: 1 };

/**
 * Whether HTTP/2 is offered by default. A day's time goes into handshakes and round trips, which HTTP/2 halves; a
 * history's goes into HEADs, of which each takes four times the CPU of one over HTTP/1.1.
 */
export const DEFAULT_HTTP2: Readonly<Record<RunCommand, boolean>> = { update: true, backfill: false, discover: false };

/** Sockets by default. One of HTTP/2 carries 64 requests at a time, so that few handshakes do for a day. */
export const DEFAULT_CONNECTIONS = { http1: 64, http2: 8 } as const;

/** Values of the other options left out. */
export const DEFAULTS = {
  timeoutMs: 10_000,
  retries: 0,
} as const;

/** Cells before the failure rate means anything. */
export const BREAKER_CELLS = 200;
