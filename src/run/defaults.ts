import { WAIT_BOUNDS } from "../options/wait-bounds.js";

/**
 * Defaults and bounds of every option of a run, for library and CLI alike. Data alone: the entry of the CLI reads it
 * before anything else is loaded.
 */

/** What a command does when an option is left out. */
export interface CommandDefaults {
  /** Prober threads. */
  readonly threads: number;
  /** Prober threads when every cell is asked for by HEAD. */
  readonly headThreads: number;
  /** Whether HTTP/2 is offered for HEADs. */
  readonly http2: boolean;
  /** Share of failed cells (0 to 1) above which a run stops; 1: never. */
  readonly maxFailureRate: number;
  /** Whether the probers start while the file is opened. An update always probes; a backfill may find nothing to do. */
  readonly eager: boolean;
}

/**
 * The commands that probe, with the defaults in which they differ.
 *
 * For a day of a thousand symbols a second thread costs more (its start and its share of undici, 100 ms of CPU) than it
 * saves; for a history by HEAD it pays off. By LIST one thread takes in more than 1 Gbit/s, and a second one 16 % more
 * CPU and 65 MiB for 732,480 rows. A day's time goes into handshakes and round trips, which HTTP/2 halves; a history's
 * goes into HEADs, each of which takes four times the CPU of one over HTTP/1.1.
 */
export const COMMAND_DEFAULTS = {
  update: { threads: 1, headThreads: 1, http2: true, maxFailureRate: 1, eager: true },
  backfill: { threads: 1, headThreads: 2, http2: false, maxFailureRate: 0.05, eager: false },
  sweep: { threads: 1, headThreads: 1, http2: false, maxFailureRate: 0.05, eager: true },
  volumes: { threads: 2, headThreads: 2, http2: false, maxFailureRate: 1, eager: true },
  discover: { threads: 1, headThreads: 1, http2: false, maxFailureRate: 1, eager: false },
} as const satisfies Record<string, CommandDefaults>;

/** Commands that probe, as summaries and the journal name them. */
export type RunCommand = keyof typeof COMMAND_DEFAULTS;

/** Sockets by default. One of HTTP/2 carries 64 requests at a time, so that few handshakes do for a day. */
export const DEFAULT_CONNECTIONS = { http1: 64, http2: 8 } as const;

/** Defaults that all commands share. */
export const DEFAULTS = {
  source: "auto",
  pool: true,
  timeoutMs: 10_000,
  retries: 3,
  waitMs: 0,
  refresh: false,
  unlisted: false,
  adoptEndpoint: false,
  contracts: true,
  volumes: true,
  acceptUnverified: false,
  reject: true,
} as const;

/** Minimum and maximum of the options that are numbers, both included. */
export const BOUNDS = {
  threads: [1, 64],
  connections: [1, 1024],
  timeoutMs: [1, 600_000],
  retries: [0, 20],
  maxRequestsPerSecond: [1, 100_000],
  waitMs: WAIT_BOUNDS,
  lookback: [1, 400],
} as const satisfies Record<string, readonly [min: number, max: number]>;

/** Ways to probe that an option can ask for. */
export const SOURCES = ["auto", "head", "list"] as const;

/** Cells answered before the failure rate means anything. */
export const BREAKER_CELLS = 200;
