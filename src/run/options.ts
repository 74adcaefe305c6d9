import type { DayInput } from "../calendar/day-input.js";
import type { SOURCES } from "./defaults.js";
import type { RunEvent } from "./events.js";

/** Options of every command that queries the bucket. An undefined option counts as omitted. */
export interface RunOptions {
  /** Path of the DuckDB file, which is created if it doesn't exist. */
  db: string;
  /**
   * Origin for HEADs and downloads: scheme, host and port.
   *
   * @default "https://data.binance.vision"
   */
  endpoint?: string | undefined;
  /**
   * URL of the bucket for LISTs.
   *
   * @default Binance Vision's own; none if `endpoint` is given: then nothing can be listed
   */
  listEndpoint?: string | undefined;
  /**
   * PEM certificates (as text, not a path) to trust in addition to those that Node trusts: its own list,
   * NODE_EXTRA_CA_CERTS, and with `--use-openssl-ca` the system's.
   *
   * @default none
   */
  ca?: string | undefined;
  /**
   * Number of prober threads, 1 to 64.
   *
   * @default 2 for a backfill by HEAD, otherwise 1
   */
  threads?: number | undefined;
  /**
   * Total number of sockets, split over the threads, 1 to 1024.
   *
   * @default 64; 8 with HTTP/2
   */
  connections?: number | undefined;
  /**
   * Offer HTTP/2 for HEADs; a server without it gets HTTP/1.1.
   *
   * @default true for an update, otherwise false
   */
  http2?: boolean | undefined;
  /**
   * Keep connections open. `false` opens one for every HEAD, over HTTP/1.1, for comparison.
   *
   * @default true
   */
  pool?: boolean | undefined;
  /**
   * Time limit for connecting and for each answer, 1 to 600000 ms.
   *
   * @default 10000
   */
  timeoutMs?: number | undefined;
  /**
   * Number of retries after a transient failure, 0 to 20, with growing delays.
   *
   * @default 3
   */
  retries?: number | undefined;
  /**
   * Maximum requests per second of all threads together, 1 to 100000, for example for an IP address shared with others.
   *
   * @default unlimited
   */
  maxRequestsPerSecond?: number | undefined;
  /**
   * How long to wait for a database that another process is using, 0 to 86400000 ms.
   *
   * @default 0
   */
  waitMs?: number | undefined;
  /**
   * Allow filling a database from different servers than before.
   *
   * @default false
   */
  adoptEndpoint?: boolean | undefined;
  /**
   * Aborting it finishes current work and starts nothing more. A run ends as `interrupted`; a plan, a discovery or a
   * run that is still waiting for its database rejects with an InterruptedError.
   */
  signal?: AbortSignal | undefined;
  /**
   * Called with each event, in order, on the calling thread. If it throws, or returns a promise that rejects, the run
   * ends and rejects with that error.
   */
  onEvent?: ((event: RunEvent) => unknown) | undefined;
}

/** Options of the commands that probe cells. */
export interface ProbeOptions extends RunOptions {
  /**
   * Symbols to probe.
   *
   * @default all perpetuals of the bucket, including settled ones
   */
  symbols?: readonly string[] | undefined;
  /**
   * Only symbols with this quote asset, such as `USDT`.
   *
   * @default all
   */
  quote?: string | undefined;
  /**
   * Probe symbols even if the bucket does not list them.
   *
   * @default false
   */
  unlisted?: boolean | undefined;
  /**
   * How to probe: `auto` picks whatever takes fewer requests, weighed against bytes.
   *
   * @default "auto"
   */
  source?: (typeof SOURCES)[number] | undefined;
  /**
   * Share of failed cells (0 to 1) above which a run is stopped, once 200 cells are answered. By LIST the cells of a
   * symbol fail together, so a run also goes on until this share of its symbols has failed, counted as at least 20.
   * HEADs and LISTs are counted separately. 1 never stops it.
   *
   * @default 0.05 for a backfill or a sweep, otherwise 1
   */
  maxFailureRate?: number | undefined;
  /**
   * Reject with a RunFailedError if the run is incomplete. `false` resolves with the summary whatever its `outcome`.
   *
   * @default true
   */
  reject?: boolean | undefined;
}

/** Options of {@link sweep}. */
export type SweepOptions = RunOptions & Pick<ProbeOptions, "maxFailureRate" | "reject">;

/** Options of {@link volumes}. */
export interface VolumesOptions extends RunOptions, Pick<ProbeOptions, "symbols" | "quote" | "unlisted" | "reject"> {
  /**
   * Accept files whose checksum is missing or wrong, and mark them. Otherwise such a file is a failure.
   *
   * @default false
   */
  acceptUnverified?: boolean | undefined;
}

/** Options of {@link update}. */
export interface UpdateOptions extends ProbeOptions {
  /**
   * The only UTC day to probe, or the last of `lookback` days.
   *
   * @default all cells that are due
   */
  date?: DayInput | undefined;
  /** Number of days up to `date`, or to yesterday, 1 to 400. */
  lookback?: number | undefined;
  /**
   * Also capture the exchange's contracts, if the last capture is more than an hour old. If that fails, the run only
   * emits a notice.
   *
   * @default true
   */
  contracts?: boolean | undefined;
  /**
   * Also fetch new volumes of the run's symbols, on any days, if the database already has volumes.
   *
   * @default true
   */
  volumes?: boolean | undefined;
  /**
   * URL of the exchange's `exchangeInfo`.
   *
   * @default "https://fapi.binance.com/fapi/v1/exchangeInfo"; none if `endpoint` is not Binance's: then no contracts
   * are captured
   */
  contractsUrl?: string | undefined;
}

/** Options of {@link backfill}. */
export interface BackfillOptions extends ProbeOptions {
  /**
   * First UTC day.
   *
   * @default "2019-12-31", the first day with a file
   */
  from?: DayInput | undefined;
  /**
   * Last UTC day.
   *
   * @default yesterday
   */
  to?: DayInput | undefined;
  /**
   * Probe again even cells that are final.
   *
   * @default false
   */
  refresh?: boolean | undefined;
}
