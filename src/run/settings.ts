import { dayAt, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import {
  checkChoice,
  checkFlag,
  checkListener,
  checkPastDay,
  checkPem,
  checkShare,
  checkSignal,
  checkSymbols,
  checkText,
  checkUrl,
  checkWhole,
} from "../options/checks.js";
import { optional, readOptions, withDefault, type Checked, type ChecksOf } from "../options/read-options.js";
import type { ThreadSettings } from "../threads/threads.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { UM_DAILY_KLINES_1D } from "../vision/datasets/um-klines-1d.js";
import { ENDPOINTS } from "../vision/endpoints.js";
import { EXCHANGE_INFO_URL } from "../vision/exchange-info.js";
import { BOUNDS, COMMAND_DEFAULTS, DEFAULT_CONNECTIONS, DEFAULTS, SOURCES, type RunCommand } from "./defaults.js";
import type { RunEvent } from "./events.js";
import type {
  BackfillOptions,
  ProbeOptions,
  RunOptions,
  SweepOptions,
  UpdateOptions,
  VolumesOptions,
} from "./options.js";
import { runSpan } from "./span.js";

/** All settings of a command, validated and complete. */
export interface Settings extends ThreadSettings {
  readonly command: RunCommand;
  /** Whether the database may be filled from different servers than before. */
  readonly adoptEndpoint: boolean;
  /** The current time, ms since the Unix epoch, which decides which days have ended and are final. */
  readonly now: number;
  readonly onEvent: ((event: RunEvent) => unknown) | undefined;
}

/** Settings of the commands that probe cells. */
export interface ProbeSettings extends Settings {
  /** The days that the run covers. */
  readonly span: Span;
  /** Requested symbols; undefined for those of the bucket. */
  readonly symbols: readonly string[] | undefined;
  readonly quote: string | undefined;
  /** Whether symbols that the bucket doesn't list may be probed. */
  readonly unlisted: boolean;
  readonly source: (typeof SOURCES)[number];
  /** From 0 to 1; 1 never stops. */
  readonly maxFailureRate: number;
  /** Whether an incomplete run rejects. */
  readonly reject: boolean;
  /** URL from which to capture the exchange's contracts; undefined for no capture. */
  readonly contractsUrl: string | undefined;
  /** Whether to fetch volumes too, if the database has any. */
  readonly volumes: boolean;
}

/** Settings of a run that fetches volumes. */
export interface VolumesSettings
  extends Settings, Pick<ProbeSettings, "span" | "symbols" | "quote" | "unlisted" | "reject"> {
  /** Whether to accept files that no checksum verifies. */
  readonly acceptUnverified: boolean;
}

/** Settings of an update. */
export interface UpdateSettings extends ProbeSettings {
  readonly date: Day | undefined;
  readonly lookback: number | undefined;
}

/** Settings of a backfill. */
export interface BackfillSettings extends ProbeSettings {
  readonly refresh: boolean;
}

/** Checks of the options that all runs have. */
export const RUN_CHECKS = {
  db: checkText,
  endpoint: optional(checkUrl("without path")),
  listEndpoint: optional(checkUrl("with path")),
  ca: optional(checkPem),
  threads: optional(checkWhole(BOUNDS.threads)),
  connections: optional(checkWhole(BOUNDS.connections)),
  http2: optional(checkFlag),
  pool: withDefault(checkFlag, DEFAULTS.pool),
  timeoutMs: withDefault(checkWhole(BOUNDS.timeoutMs), DEFAULTS.timeoutMs),
  retries: withDefault(checkWhole(BOUNDS.retries), DEFAULTS.retries),
  maxRequestsPerSecond: optional(checkWhole(BOUNDS.maxRequestsPerSecond)),
  waitMs: withDefault(checkWhole(BOUNDS.waitMs), DEFAULTS.waitMs),
  adoptEndpoint: withDefault(checkFlag, DEFAULTS.adoptEndpoint),
  signal: optional(checkSignal),
  onEvent: optional(checkListener<RunEvent>),
} satisfies ChecksOf<RunOptions>;

const SYMBOL_CHECKS = {
  symbols: optional(checkSymbols),
  quote: optional(checkText),
  unlisted: withDefault(checkFlag, DEFAULTS.unlisted),
  reject: withDefault(checkFlag, DEFAULTS.reject),
};

const PROBE_CHECKS = {
  ...RUN_CHECKS,
  ...SYMBOL_CHECKS,
  source: withDefault(checkChoice(SOURCES), DEFAULTS.source),
  maxFailureRate: optional(checkShare),
} satisfies ChecksOf<ProbeOptions>;

/**
 * Settings of `update`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function updateSettings(options: UpdateOptions, now: number): UpdateSettings {
  const { contracts, contractsUrl, volumes, date, lookback, ...given } = readOptions(options, {
    ...PROBE_CHECKS,
    date: optional(checkPastDay(DEFAULT_DATASET, now)),
    lookback: optional(checkWhole(BOUNDS.lookback)),
    contracts: withDefault(checkFlag, DEFAULTS.contracts),
    volumes: withDefault(checkFlag, DEFAULTS.volumes),
    contractsUrl: optional(checkUrl("with path")),
  } satisfies ChecksOf<UpdateOptions>);
  const last = date ?? dayAt(now) - 1;
  const from = lookback === undefined ? date : last - lookback + 1;
  const settings = probeSettings("update", given, now, runSpan(DEFAULT_DATASET, now, { from, to: date }));
  // Symbols of another server are not Binance's contracts.
  const ownUrl = settings.endpoint === ENDPOINTS.download ? EXCHANGE_INFO_URL : undefined;
  return { ...settings, contractsUrl: contracts ? (contractsUrl ?? ownUrl) : undefined, volumes, date, lookback };
}

/**
 * Settings of `backfill`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function backfillSettings(options: BackfillOptions, now: number): BackfillSettings {
  const checkEnd = checkPastDay(DEFAULT_DATASET, now);
  const { from, to, refresh, ...given } = readOptions(options, {
    ...PROBE_CHECKS,
    from: optional(checkEnd),
    to: optional(checkEnd),
    refresh: withDefault(checkFlag, DEFAULTS.refresh),
  } satisfies ChecksOf<BackfillOptions>);
  return { ...probeSettings("backfill", given, now, runSpan(DEFAULT_DATASET, now, { from, to })), refresh };
}

/**
 * Settings of `sweep`: all symbols, by LIST.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function sweepSettings(options: SweepOptions, now: number): ProbeSettings {
  const { maxFailureRate, reject } = PROBE_CHECKS;
  const given = readOptions(options, { ...RUN_CHECKS, maxFailureRate, reject } satisfies ChecksOf<SweepOptions>);
  const all = { symbols: undefined, quote: undefined, unlisted: false, source: "list" } as const;
  return probeSettings("sweep", { ...given, ...all }, now, runSpan(DEFAULT_DATASET, now));
}

/**
 * Settings of `volumes`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function volumesSettings(options: VolumesOptions, now: number): VolumesSettings {
  const { symbols, quote, unlisted, reject, acceptUnverified, ...given } = readOptions(options, {
    ...RUN_CHECKS,
    ...SYMBOL_CHECKS,
    acceptUnverified: withDefault(checkFlag, DEFAULTS.acceptUnverified),
  } satisfies ChecksOf<VolumesOptions>);
  const settings = runSettings("volumes", given, now);
  requireListEndpoint(settings);
  const span = runSpan(UM_DAILY_KLINES_1D, now);
  return { ...settings, span, symbols, quote, unlisted, reject, acceptUnverified };
}

/**
 * Settings of `discover`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function discoverSettings(options: RunOptions, now: number): Settings {
  return runSettings("discover", readOptions(options, RUN_CHECKS), now);
}

/** @throws UsageError */
function probeSettings(
  command: RunCommand,
  given: Checked<typeof PROBE_CHECKS>,
  now: number,
  span: Span,
): ProbeSettings {
  const { symbols, quote, unlisted, reject, source, maxFailureRate, ...common } = given;
  const defaults = COMMAND_DEFAULTS[command];
  const usualThreads = source === "head" ? defaults.headThreads : defaults.threads;
  const settings = runSettings(command, { ...common, threads: common.threads ?? usualThreads }, now);
  if (source === "list") requireListEndpoint(settings);
  return {
    ...settings,
    ...{ span, symbols, quote, unlisted, reject, source },
    maxFailureRate: maxFailureRate ?? defaults.maxFailureRate,
    ...{ contractsUrl: undefined, volumes: false },
  };
}

/** @throws UsageError */
function requireListEndpoint({ listEndpoint }: Settings): void {
  if (listEndpoint !== undefined) return;
  throw new UsageError("is required for listing if another endpoint is given", { option: "listEndpoint" });
}

function runSettings(command: RunCommand, given: Checked<typeof RUN_CHECKS>, now: number): Settings {
  const { endpoint, listEndpoint, threads, connections, http2, pool, ...common } = given;
  const defaults = COMMAND_DEFAULTS[command];
  const http1Connections = connections ?? DEFAULT_CONNECTIONS.http1;
  const offersHttp2 = pool && (http2 ?? defaults.http2);
  const http2Connections = offersHttp2 ? (connections ?? DEFAULT_CONNECTIONS.http2) : 0;
  return {
    ...common,
    command,
    now,
    dataset: DEFAULT_DATASET,
    endpoint: endpoint ?? ENDPOINTS.download,
    listEndpoint: listEndpoint ?? (endpoint === undefined ? ENDPOINTS.list : undefined),
    // A thread without a socket would have nothing to do.
    threads: Math.min(threads ?? defaults.threads, http2Connections || http1Connections),
    connections: http1Connections,
    http2Connections,
    pooled: pool,
    eager: defaults.eager,
  };
}
