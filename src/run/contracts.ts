import { basename } from "node:path";
import { formatTime, type TimeInput } from "../calendar/time.js";
import { UsageError } from "../errors.js";
import { checkPastTime, checkText, checkUrl } from "../options/checks.js";
import { optional, readOptions, type ChecksOf } from "../options/read-options.js";
import type { AnnouncedDelisting, ContractCapture } from "../store/contracts.js";
import { startWriterAlone, type WriterAlone } from "../threads/writer-alone.js";
import { printable } from "../text/printable.js";
import { readText } from "../text/read-text.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { ENDPOINTS } from "../vision/endpoints.js";
import { EXCHANGE_INFO_URL, NotExchangeInfo, parseExchangeInfo, type ExchangeInfo } from "../vision/exchange-info.js";
import { captureFrom, writeCapture, type Captured } from "./capture.js";
import { createEmitter, type Emit } from "./events.js";
import type { RunOptions } from "./options.js";
import { RUN_CHECKS } from "./settings.js";
import { running, type Run } from "./running.js";

/** Options of {@link contracts}. An undefined option counts as omitted. */
export interface ContractsOptions extends Pick<
  RunOptions,
  "db" | "ca" | "timeoutMs" | "retries" | "waitMs" | "signal" | "onEvent"
> {
  /**
   * URL of the exchange's `exchangeInfo`.
   *
   * @default "https://fapi.binance.com/fapi/v1/exchangeInfo"
   */
  url?: string | undefined;
  /**
   * Path of a saved `exchangeInfo` to read instead of the URL: Binance drops contracts that ended long ago, but an old
   * file still has them.
   */
  fromFile?: string | undefined;
  /**
   * When the file was saved: ISO 8601 with Z (`2024-03-01T12:00:00Z`) or a `Date`.
   *
   * @default the `serverTime` in it
   */
  capturedAt?: TimeInput | undefined;
}

/** Result of capturing the contracts. Times in ISO 8601 with Z. */
export interface ContractsSummary {
  /**
   * | outcome    |                                                                                    |
   * | ---------- | ---------------------------------------------------------------------------------- |
   * | `recorded` | the capture was added to the database                                              |
   * | `known`    | the database already had it                                                        |
   * | `refused`  | Binance doesn't serve its API to this country or cloud (451); nothing was recorded |
   */
  outcome: "recorded" | "known" | "refused";
  /** The URL, or the name of the file. */
  source: string;
  /** Why there is no capture, as text; null if there is one. */
  reason: string | null;
  captured_at: string | null;
  contract_count: number;
  /** Symbols that the previous capture, by time, lacks. */
  added: string[];
  /** Symbols that differ from the previous capture. */
  changed: string[];
  /** Symbols that the previous capture has and this one lacks. */
  gone: string[];
  /** Perpetuals whose end is announced in the last capture, the next to end first. */
  announced_delistings: AnnouncedDelisting[];
}

/**
 * Captures the exchange's contracts and adds them to the database: status, type, underlying, first and last day.
 * Captures may be added in any order.
 *
 * @example
 * ```ts
 * const { outcome, added, announced_delistings } = await contracts({ db: "availability.duckdb" });
 * await contracts({ db: "availability.duckdb", fromFile: "old.json", capturedAt: "2024-03-01T12:00:00Z" });
 * ```
 *
 * @throws ExchangeError when the exchange can't be reached or its answer is unreadable; UsageError when an option or
 * the file is invalid; StoreError, ThreadError, InterruptedError
 */
export function contracts(options: ContractsOptions): Run<ContractsSummary> {
  return running(async (tell) => {
    const settings = settingsOf(options, Date.now());
    const { emit, broken } = createEmitter((event) => {
      tell(event);
      return settings.onEvent?.(event);
    });
    const onWait = (message: string) => {
      emit({ type: "notice", message });
    };
    await using store = await startWriterAlone(settings.db, { ...settings, onWait });
    return await Promise.race([captureInto(store, settings, emit), broken]);
  });
}

async function captureInto(
  { writer, facts }: WriterAlone,
  { place, ...settings }: ContractsSettings,
  emit: Emit,
): Promise<ContractsSummary> {
  for (const message of facts.notices) emit({ type: "notice", message });
  if (place.type === "default") refuseOtherBucket(facts.endpoints?.endpoint);
  const captured: Captured =
    place.type === "file" ? { type: "captured", capture: place.capture } : await captureFrom(place.source, settings);
  const announced = () => writer.call("announcedDelistings", Date.now());
  const { source } = place;
  if (captured.type === "refused") {
    const nothing = { captured_at: null, contract_count: 0, added: [], changed: [], gone: [] };
    const { reason } = captured;
    return { outcome: "refused", source, reason, ...nothing, announced_delistings: await announced() };
  }
  const { at, contracts: shown } = captured.capture;
  const { isNew, ...news } = await writeCapture(writer, captured.capture, emit);
  const announced_delistings = await announced();
  for (const message of await writer.call("close", undefined)) emit({ type: "notice", message });
  return {
    outcome: isNew ? "recorded" : "known",
    source,
    reason: null,
    captured_at: formatTime(at),
    contract_count: shown.length,
    ...news,
    announced_delistings,
  };
}

/** The source of a capture. */
type Place =
  | { type: "default" | "url"; /** URL. */ source: string }
  | { type: "file"; /** Name of the file. */ source: string; capture: ContractCapture };

/** Options of {@link contracts}, validated and complete. */
type ContractsSettings = ReturnType<typeof settingsOf>;

/** @throws UsageError */
function settingsOf(options: ContractsOptions, now: number) {
  const { db, ca, timeoutMs, retries, waitMs, signal, onEvent } = RUN_CHECKS;
  const { url, fromFile, capturedAt, ...settings } = readOptions(options, {
    db,
    url: optional(checkUrl("with path")),
    fromFile: optional(checkText),
    capturedAt: optional(checkPastTime(DEFAULT_DATASET, now)),
    ...{ ca, timeoutMs, retries, waitMs, signal, onEvent },
  } satisfies ChecksOf<ContractsOptions>);
  if (fromFile === undefined && capturedAt !== undefined) {
    throw new UsageError("only applies to a file: give fromFile too", { option: "capturedAt" });
  }
  return { ...settings, place: placeOf(url, fromFile, capturedAt, now) };
}

function placeOf(
  url: string | undefined,
  fromFile: string | undefined,
  capturedAt: number | undefined,
  now: number,
): Place {
  if (fromFile !== undefined) {
    const capture = savedCapture(fromFile, capturedAt, now);
    return { type: "file", source: capture.source, capture };
  }
  return url === undefined ? { type: "default", source: EXCHANGE_INFO_URL } : { type: "url", source: url };
}

/**
 * The capture of a saved file.
 *
 * @param capturedAt ms since the Unix epoch; undefined to use the file's own `serverTime`
 * @throws UsageError
 */
function savedCapture(file: string, capturedAt: number | undefined, now: number): ContractCapture {
  const { serverTime, contracts: shown } = readInfo(file);
  if (capturedAt === undefined && serverTime === undefined) {
    throw new UsageError(`${printable(file)} doesn't say when it was saved: give the time`, { option: "capturedAt" });
  }
  const at = capturedAt ?? checkPastTime(DEFAULT_DATASET, now)("fromFile", new Date(serverTime ?? now));
  return { at, source: printable(basename(file)), contracts: shown };
}

function readInfo(file: string): ExchangeInfo {
  try {
    return parseExchangeInfo(readText(file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const what = cause instanceof NotExchangeInfo ? `is not an exchangeInfo: ${reason}` : `can't be read (${reason})`;
    throw new UsageError(`${printable(file)} ${what}`, { option: "fromFile", cause });
  }
}

/**
 * Keeps Binance's contracts out of a database filled from another server.
 *
 * @throws UsageError
 */
function refuseOtherBucket(endpoint: string | undefined): void {
  if (endpoint === undefined || endpoint === ENDPOINTS.download) return;
  throw new UsageError(`the database was filled from ${endpoint}: give the URL of its exchangeInfo`, {
    option: "url",
  });
}
