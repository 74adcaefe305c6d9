import type { DayInput } from "../calendar/day-input.js";
import type { SOURCES } from "./defaults.js";
import type { RunEvent } from "./events.js";

/** Options that every command which asks the bucket has in common. One that is undefined counts as left out. */
export interface RunOptions {
  /** Path of the DuckDB file; made when it isn't there. */
  db: string;
  /**
   * Origin that HEADs go to: scheme, host and port.
   *
   * @default "https://data.binance.vision"
   */
  endpoint?: string | undefined;
  /**
   * URL of the bucket that LISTs go to.
   *
   * @default Binance Vision's own; none when `endpoint` is given: then nothing can be listed
   */
  listEndpoint?: string | undefined;
  /**
   * PEM certificates (the text, not a path) to trust besides those that Node trusts: its own list,
   * NODE_EXTRA_CA_CERTS, and with `--use-openssl-ca` the system's.
   *
   * @default none
   */
  ca?: string | undefined;
  /**
   * Prober threads, 1 to 64.
   *
   * @default 2 for a backfill by HEAD, else 1
   */
  threads?: number | undefined;
  /**
   * Sockets in all, split over the threads, 1 to 1024.
   *
   * @default 64; 8 where the server speaks HTTP/2
   */
  connections?: number | undefined;
  /**
   * Offer HTTP/2 for HEADs; a server without it gets HTTP/1.1.
   *
   * @default true for an update, else false
   */
  http2?: boolean | undefined;
  /**
   * Keep connections open. False opens one for every HEAD, over HTTP/1.1, for comparison.
   *
   * @default true
   */
  pool?: boolean | undefined;
  /**
   * Limit for connecting and for each answer, 1 to 600000 ms.
   *
   * @default 10000
   */
  timeoutMs?: number | undefined;
  /**
   * Further attempts after a failure that may pass, 0 to 20, after a wait that grows.
   *
   * @default 3
   */
  retries?: number | undefined;
  /**
   * Maximum requests a second, of all threads together, 1 to 100000: for an address that others share.
   *
   * @default as many as it goes
   */
  maxRequestsPerSecond?: number | undefined;
  /**
   * How long to wait for a file that another process has, 0 to 86400000 ms.
   *
   * @default 0
   */
  waitMs?: number | undefined;
  /**
   * Fill a file from other servers than those that filled it before.
   *
   * @default false
   */
  adoptEndpoint?: boolean | undefined;
  /**
   * Aborting it finishes what is in hand and starts nothing more. A run ends as `interrupted`; a plan, a discovery or a
   * run that still waits for its file rejects with an InterruptedError.
   */
  signal?: AbortSignal | undefined;
  /**
   * Called with what happens, in order, on the calling thread. When it throws, or gives a promise that rejects, the run
   * ends and rejects with that.
   */
  onEvent?: ((event: RunEvent) => unknown) | undefined;
}

/** Options of the commands that probe cells. */
export interface ProbeOptions extends RunOptions {
  /**
   * Symbols to probe.
   *
   * @default every perpetual of the bucket, settled ones included
   */
  symbols?: readonly string[] | undefined;
  /**
   * Keep only symbols with this quote asset, such as `USDT`.
   *
   * @default every quote asset
   */
  quote?: string | undefined;
  /**
   * Probe symbols even when the bucket does not list them.
   *
   * @default false
   */
  unlisted?: boolean | undefined;
  /**
   * How to probe: `auto` takes what costs fewer requests for the bytes.
   *
   * @default "auto"
   */
  source?: (typeof SOURCES)[number] | undefined;
  /**
   * Share of failed cells (0 to 1) above which a run is stopped, once 200 cells are answered. 1: never.
   *
   * @default 0.05 for a backfill or a sweep, else 1
   */
  maxFailureRate?: number | undefined;
  /**
   * Reject with a RunFailedError when the run is not whole. False resolves with the summary whatever its `outcome`.
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
   * Take a file also when its checksum is missing or wrong; its record says so. Else such a file is a failure.
   *
   * @default false
   */
  acceptUnverified?: boolean | undefined;
}

/** Options of {@link update}. */
export interface UpdateOptions extends ProbeOptions {
  /**
   * The one UTC day to probe, or the last of `lookback` days.
   *
   * @default every cell that is due
   */
  date?: DayInput | undefined;
  /** Number of days up to `date`, or to yesterday, 1 to 400. */
  lookback?: number | undefined;
  /**
   * Capture the exchange's contracts too, when the last capture is more than an hour old. That it fails is a notice.
   *
   * @default true
   */
  contracts?: boolean | undefined;
  /**
   * Fetch volumes too, where the file has some: whatever is new of the run's symbols, on whichever days.
   *
   * @default true
   */
  volumes?: boolean | undefined;
  /**
   * URL of the exchange's `exchangeInfo`.
   *
   * @default "https://fapi.binance.com/fapi/v1/exchangeInfo"; none when `endpoint` is not Binance's: then no contracts are
   *   captured
   */
  contractsUrl?: string | undefined;
}

/** Options of {@link backfill}. */
export interface BackfillOptions extends ProbeOptions {
  /**
   * First UTC day.
   *
   * @default "2019-12-31", the first with any file
   */
  from?: DayInput | undefined;
  /**
   * Last UTC day.
   *
   * @default yesterday
   */
  to?: DayInput | undefined;
  /**
   * Probe again even what is believed.
   *
   * @default false
   */
  refresh?: boolean | undefined;
}
