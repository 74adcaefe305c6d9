import { WAIT_BOUNDS } from "../options/wait-bounds.js";

/**
 * Defaults and bounds of all options of a run, for the library and the CLI. Pure data, because the CLI's entry point
 * reads it before anything else is loaded.
 */

/** Defaults that differ between commands. */
export interface CommandDefaults {
  /** Number of prober threads. */
  readonly threads: number;
  /** Number of prober threads when all cells are probed by HEAD. */
  readonly headThreads: number;
  /** Whether HTTP/2 is offered for HEADs. */
  readonly http2: boolean;
  /** Share of failed cells (0 to 1) above which a run stops; 1 never stops. */
  readonly maxFailureRate: number;
  /**
   * Whether the probers start while the file is being opened. An update always probes; a backfill may have nothing to
   * do.
   */
  readonly eager: boolean;
}

/**
 * The commands that probe, with the defaults that differ between them.
 *
 * For one day of a thousand symbols, a second thread costs more than it saves (its start and loading undici take 100 ms
 * of CPU); for a history by HEAD it pays off. By LIST, one thread handles more than 1 Gbit/s, and a second one takes 16
 * % more CPU and 65 MiB for 732,480 rows. A single day spends its time on handshakes and round trips, which HTTP/2
 * halves; a history spends it on HEADs, which take four times the CPU of HTTP/1.1.
 */
export const COMMAND_DEFAULTS = {
  update: { threads: 1, headThreads: 1, http2: true, maxFailureRate: 1, eager: true },
  backfill: { threads: 1, headThreads: 2, http2: false, maxFailureRate: 0.05, eager: false },
  sweep: { threads: 1, headThreads: 1, http2: false, maxFailureRate: 0.05, eager: true },
  volumes: { threads: 2, headThreads: 2, http2: false, maxFailureRate: 1, eager: true },
  discover: { threads: 1, headThreads: 1, http2: false, maxFailureRate: 1, eager: false },
} as const satisfies Record<string, CommandDefaults>;

/** Commands that probe, as named in summaries and the journal. */
export type RunCommand = keyof typeof COMMAND_DEFAULTS;

/** Default number of sockets. One with HTTP/2 carries 64 requests at a time, so a day needs few handshakes. */
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

/** Bounds of numeric options, both inclusive. */
export const BOUNDS = {
  threads: [1, 64],
  connections: [1, 1024],
  timeoutMs: [1, 600_000],
  retries: [0, 20],
  maxRequestsPerSecond: [1, 100_000],
  waitMs: WAIT_BOUNDS,
  lookback: [1, 400],
} as const satisfies Record<string, readonly [min: number, max: number]>;

/** Values of the option `source`. */
export const SOURCES = ["auto", "head", "list"] as const;

/** Minimum number of answered cells before the failure rate is meaningful. */
export const BREAKER_CELLS = 200;

/** Minimum number of symbols of which, by LIST, the failure rate is a share. */
export const BREAKER_SYMBOLS = 20;

/** Time between two events that report the progress of a run, ms. */
export const PROGRESS_MS = 100;
