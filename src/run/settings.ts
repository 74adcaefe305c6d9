import { dayAt, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import type { ThreadSettings } from "../threads/threads.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { ENDPOINTS } from "../vision/endpoints.js";
import { EXCHANGE_INFO_URL } from "../vision/exchange-info.js";
import {
  checkChoice,
  checkFlag,
  checkListener,
  checkOptions,
  checkPastDay,
  checkPem,
  checkShare,
  checkSignal,
  checkSymbols,
  checkText,
  checkUrl,
  checkWhole,
  optional,
  refuseUnknown,
} from "./checks.js";
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

/** Everything that a command has to know, checked and with nothing left out. */
export interface Settings extends ThreadSettings {
  readonly command: RunCommand;
  /** Whether the file may be filled from other servers than before. */
  readonly adoptEndpoint: boolean;
  /** The instant, ms since the Unix epoch, that decides which days are over and final. */
  readonly now: number;
  readonly onEvent: ((event: RunEvent) => unknown) | undefined;
}

/** Settings of the commands that probe cells. */
export interface ProbeSettings extends Settings {
  /** Symbols asked for; undefined: those of the bucket. */
  readonly symbols: readonly string[] | undefined;
  readonly quote: string | undefined;
  /** Whether symbols may be probed that the bucket does not list. */
  readonly unlisted: boolean;
  readonly source: (typeof SOURCES)[number];
  /** From 0 to 1; 1: never stop. */
  readonly maxFailureRate: number;
  /** Whether a run that is not whole rejects. */
  readonly reject: boolean;
  /** Where the exchange's contracts are captured from; undefined: nowhere. */
  readonly contractsUrl: string | undefined;
  /** Whether volumes are fetched too where the file has some. */
  readonly volumes: boolean;
}

/** Settings of a run that fetches volumes. */
export interface VolumesSettings extends Settings, Pick<ProbeSettings, "symbols" | "quote" | "unlisted" | "reject"> {
  /** Whether files are taken that no checksum vouches for. */
  readonly acceptUnverified: boolean;
}

/** Settings of an update. */
export interface UpdateSettings extends ProbeSettings {
  readonly date: Day | undefined;
  readonly lookback: number | undefined;
}

/** Settings of a backfill. */
export interface BackfillSettings extends ProbeSettings {
  readonly span: Span;
  readonly refresh: boolean;
}

/**
 * Settings of `update`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function updateSettings(options: UpdateOptions, now: number): UpdateSettings {
  const { common, rest } = probeSettings("update", options, now);
  const { date, lookback, contracts = DEFAULTS.contracts, contractsUrl, ...others } = rest;
  const { volumes = DEFAULTS.volumes, ...unknown } = others;
  refuseUnknown(unknown);
  const given = optional(contractsUrl, (value) => checkUrl("contractsUrl", value, "with path"));
  // Symbols of another server are none of Binance's contracts.
  const ownUrl = common.endpoint === ENDPOINTS.download ? EXCHANGE_INFO_URL : undefined;
  return {
    ...common,
    contractsUrl: checkFlag("contracts", contracts) ? (given ?? ownUrl) : undefined,
    volumes: checkFlag("volumes", volumes),
    date: optional(date, (value) => checkPastDay("date", value, common.dataset, now)),
    lookback: optional(lookback, (value) => checkWhole("lookback", value, BOUNDS.lookback)),
  };
}

/**
 * Settings of `backfill`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function backfillSettings(options: BackfillOptions, now: number): BackfillSettings {
  const { common, rest } = probeSettings("backfill", options, now);
  const { from, to, refresh = DEFAULTS.refresh, ...unknown } = rest;
  refuseUnknown(unknown);
  const { dataset } = common;
  const span = {
    from: optional(from, (value) => checkPastDay("from", value, dataset, now)) ?? dataset.firstPeriod,
    to: optional(to, (value) => checkPastDay("to", value, dataset, now)) ?? dayAt(now) - 1,
  };
  if (span.from > span.to) throw new UsageError("the first day is after the last", { option: "from" });
  return { ...common, span, refresh: checkFlag("refresh", refresh) };
}

/**
 * Settings of `sweep`: all symbols, by LIST.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function sweepSettings(options: SweepOptions, now: number): ProbeSettings {
  const { common, rest } = runSettings("sweep", options, now);
  const { maxFailureRate = COMMAND_DEFAULTS.sweep.maxFailureRate, reject = DEFAULTS.reject, ...unknown } = rest;
  refuseUnknown(unknown);
  return requireList({
    ...common,
    ...{ symbols: undefined, quote: undefined, unlisted: false, source: "list" },
    ...{ contractsUrl: undefined, volumes: false },
    maxFailureRate: checkShare("maxFailureRate", maxFailureRate),
    reject: checkFlag("reject", reject),
  });
}

/**
 * Settings of `volumes`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function volumesSettings(options: VolumesOptions, now: number): VolumesSettings {
  const { common, rest } = runSettings("volumes", options, now);
  const { symbols, quote, unlisted = DEFAULTS.unlisted, reject = DEFAULTS.reject, ...others } = rest;
  const { acceptUnverified = DEFAULTS.acceptUnverified, ...unknown } = others;
  refuseUnknown(unknown);
  requireListEndpoint(common);
  return {
    ...common,
    symbols: optional(symbols, (value) => checkSymbols("symbols", value)),
    quote: optional(quote, (value) => checkText("quote", value)),
    unlisted: checkFlag("unlisted", unlisted),
    reject: checkFlag("reject", reject),
    acceptUnverified: checkFlag("acceptUnverified", acceptUnverified),
  };
}

/**
 * Settings of `discover`.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError
 */
export function discoverSettings(options: RunOptions, now: number): Settings {
  const { common, rest } = runSettings("discover", options, now);
  refuseUnknown(rest);
  return common;
}

function probeSettings<O extends ProbeOptions>(command: RunCommand, options: O, now: number) {
  const { common, rest: given } = runSettings(command, options, now);
  const { symbols, quote, source = DEFAULTS.source, ...further } = given;
  const { maxFailureRate = COMMAND_DEFAULTS[command].maxFailureRate, reject = DEFAULTS.reject, ...others } = further;
  const { unlisted = DEFAULTS.unlisted, ...rest } = others;
  const probing: ProbeSettings = {
    ...common,
    symbols: optional(symbols, (value) => checkSymbols("symbols", value)),
    quote: optional(quote, (value) => checkText("quote", value)),
    unlisted: checkFlag("unlisted", unlisted),
    source: checkChoice("source", source, SOURCES),
    maxFailureRate: checkShare("maxFailureRate", maxFailureRate),
    reject: checkFlag("reject", reject),
    ...{ contractsUrl: undefined, volumes: false },
  };
  return { common: requireList(probing), rest };
}

function requireList(settings: ProbeSettings): ProbeSettings {
  if (settings.source === "list") requireListEndpoint(settings);
  return settings;
}

function requireListEndpoint({ listEndpoint }: Settings): void {
  if (listEndpoint !== undefined) return;
  throw new UsageError("a listing needs it when another endpoint is given", { option: "listEndpoint" });
}

function runSettings<O extends RunOptions>(command: RunCommand, options: O, now: number) {
  const defaults = COMMAND_DEFAULTS[command];
  const { db, endpoint = ENDPOINTS.download, ca, connections, signal, onEvent, ...others } = checkOptions(options);
  const { listEndpoint = options.endpoint === undefined ? ENDPOINTS.list : undefined, ...further } = others;
  const usualThreads = "source" in options && options.source === "head" ? defaults.headThreads : defaults.threads;
  const { threads = usualThreads, http2 = defaults.http2, pool = DEFAULTS.pool, ...limits } = further;
  const { timeoutMs = DEFAULTS.timeoutMs, retries = DEFAULTS.retries, ...behaviour } = limits;
  const { adoptEndpoint = DEFAULTS.adoptEndpoint, waitMs = DEFAULTS.waitMs, maxRequestsPerSecond, ...rest } = behaviour;
  const pooled = checkFlag("pool", pool);
  const offersHttp2 = checkFlag("http2", http2) && pooled;
  const sockets = optional(connections, (value) => checkWhole("connections", value, BOUNDS.connections));
  const http1Connections = sockets ?? DEFAULT_CONNECTIONS.http1;
  const http2Connections = offersHttp2 ? (sockets ?? DEFAULT_CONNECTIONS.http2) : 0;
  const wantedThreads = checkWhole("threads", threads, BOUNDS.threads);
  const common: Settings = {
    command,
    now,
    db: checkText("db", db),
    dataset: DEFAULT_DATASET,
    endpoint: checkUrl("endpoint", endpoint, "without path"),
    listEndpoint: optional(listEndpoint, (value) => checkUrl("listEndpoint", value, "with path")),
    ca: optional(ca, (value) => checkPem("ca", value)),
    // A thread without a socket would have nothing to do.
    threads: Math.min(wantedThreads, http2Connections || http1Connections),
    connections: http1Connections,
    http2Connections,
    pooled,
    timeoutMs: checkWhole("timeoutMs", timeoutMs, BOUNDS.timeoutMs),
    retries: checkWhole("retries", retries, BOUNDS.retries),
    maxRequestsPerSecond: optional(maxRequestsPerSecond, (value) =>
      checkWhole("maxRequestsPerSecond", value, BOUNDS.maxRequestsPerSecond),
    ),
    waitMs: checkWhole("waitMs", waitMs, BOUNDS.waitMs),
    adoptEndpoint: checkFlag("adoptEndpoint", adoptEndpoint),
    eager: defaults.eager,
    signal: optional(signal, (value) => checkSignal("signal", value)),
    onEvent: optional(onEvent, (value) => checkListener("onEvent", value) as (event: RunEvent) => unknown),
  };
  return { common, rest };
}
