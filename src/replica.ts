/**
 * An embedded Binance Vision: a TLS server on 127.0.0.1 that supports what the bucket's hosts support (HEAD, GET, and
 * LIST in both versions, over HTTP/1.1 and HTTP/2), with a history of your choice, latency and faults. Use it to test
 * anything that downloads from the bucket. Only its ETags are made up: they are not the MD5 of the files.
 *
 * @example
 * ```ts
 * import { update } from "binance-futures-availability";
 * import { startReplica } from "binance-futures-availability/replica";
 *
 * await using replica = await startReplica({
 *   history: { type: "files", files: [{ symbol: "BTCUSDT", date: "2024-03-01", bytes: 50_000 }] },
 * });
 * const { url: endpoint, listUrl: listEndpoint, ca } = replica;
 * await update({ db: "test.duckdb", endpoint, listEndpoint, ca, date: "2024-03-01" });
 * ```
 *
 * @module
 */
import type { DayInput } from "./calendar/day-input.js";
import type { TimeInput } from "./calendar/time.js";
import { DAY_MS } from "./calendar/day.js";
import { UsageError } from "./errors.js";
import {
  checkChoice,
  checkDay,
  checkShare,
  checkSymbol,
  checkText,
  checkTime,
  checkWhole,
  shown,
} from "./options/checks.js";
import { optional, optionsObject, readOptions, withDefault, type ChecksOf } from "./options/read-options.js";
import { startReplica as start, type HistorySource, type Replica } from "./replica/replica.js";
import type { FaultOptions } from "./replica/faults.js";
import type { ListedFile } from "./replica/files.js";
import { KLINE_BYTES } from "./replica/history.js";
import { MAX_SYMBOLS, untilNow } from "./replica/synthetic.js";

export { UsageError } from "./errors.js";
export type { DayInput } from "./calendar/day-input.js";
export type { TimeInput } from "./calendar/time.js";
export type { FaultOptions } from "./replica/faults.js";
export type { RequestKind } from "./replica/bucket.js";
export type { Replica } from "./replica/replica.js";
export type { ReplicaStats } from "./replica/stats.js";

/** A synthetic history that resembles the bucket's; the same options always give the same history. */
export interface SyntheticHistory {
  type: "synthetic";
  /**
   * First UTC day with files.
   *
   * @default "2019-12-31"
   */
  from?: DayInput | undefined;
  /**
   * Last UTC day with files. By default, the bucket has what would have been uploaded by now: nothing of yesterday before
   * 08:30 UTC.
   *
   * @default yesterday
   */
  to?: DayInput | undefined;
  /**
   * Number of symbols, 1 to 20000. Includes settled ones, but not delivery contracts, which are added to these.
   *
   * @default 327
   */
  symbols?: number | undefined;
  /**
   * Seed of the history: any whole number.
   *
   * @default 1
   */
  seed?: number | undefined;
}

/** A history from a CSV file `symbol,first_day,last_day,bytes_per_day`. */
export interface SpansHistory {
  type: "spans";
  /** Path of the CSV file. */
  file: string;
}

/** One kline file of an explicit history. */
export interface ReplicaFile {
  symbol: string;
  /** UTC day. */
  date: DayInput;
  /** Size of the zip, 1024 to 110000 bytes. */
  bytes: number;
  /**
   * Upload time, a whole second.
   *
   * @default 08:00 UTC of the next day
   */
  lastModified?: TimeInput | undefined;
}

/** An explicit history: a list of files in any order. */
export interface FilesHistory {
  type: "files";
  files: readonly ReplicaFile[];
}

/** Options of {@link startReplica}. An undefined option counts as omitted. */
export interface ReplicaOptions {
  /**
   * The files in the bucket.
   *
   * @default a synthetic history of 327 symbols
   */
  history?: SyntheticHistory | SpansHistory | FilesHistory | undefined;
  /**
   * Port on 127.0.0.1, 0 to 65535; 0 picks a free one.
   *
   * @default 0
   */
  port?: number | undefined;
  /**
   * Round-trip time added to connecting, to the TLS handshake and to each answer, 0 to 60000 ms.
   *
   * @default 0
   */
  rttMs?: number | undefined;
  /**
   * Shares of requests that fail.
   *
   * @default none
   */
  faults?: FaultOptions | undefined;
}

/**
 * Starts an embedded Binance Vision in this thread.
 *
 * @throws UsageError for an invalid option, or a port that isn't available
 */
export async function startReplica(options: ReplicaOptions = {}): Promise<Replica> {
  return await start(
    readOptions(options, {
      history: checkHistory,
      port: withDefault(checkWhole([0, 65_535]), 0),
      rttMs: withDefault(checkWhole([0, 60_000]), 0),
      faults: withDefault(checkFaults, {}),
    } satisfies ChecksOf<ReplicaOptions>),
  );
}

function checkHistory(option: string, value: unknown = { type: "synthetic" }): HistorySource {
  const { type, ...given } = optionsObject(value, option);
  switch (checkChoice(["synthetic", "spans", "files"])(`${option}.type`, type)) {
    case "synthetic": {
      const { to, ...rest } = readOptions(given, SYNTHETIC_CHECKS, option);
      return { type: "synthetic", ...rest, ...(to === undefined ? untilNow() : { through: to }) };
    }
    case "spans":
      return { type: "spans", ...readOptions(given, SPANS_CHECKS, option) };
    case "files":
      return { type: "listed", ...readOptions(given, FILES_CHECKS, option) };
  }
}

const anyWhole = checkWhole([Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);

const SYNTHETIC_CHECKS = {
  from: optional(checkDay),
  to: optional(checkDay),
  symbols: optional(checkWhole([1, MAX_SYMBOLS])),
  seed: optional(anyWhole),
} satisfies ChecksOf<Omit<SyntheticHistory, "type">>;

const SPANS_CHECKS = { file: checkText } satisfies ChecksOf<Omit<SpansHistory, "type">>;

const FILES_CHECKS = { files: checkFiles } satisfies ChecksOf<Omit<FilesHistory, "type">>;

function checkFiles(option: string, value: unknown): ListedFile[] {
  if (!Array.isArray(value)) throw new UsageError(`${shown(value)} is not a list of files`, { option });
  return value.map((file: unknown) => {
    const { symbol, date, bytes, lastModified } = readOptions(file, FILE_CHECKS, option);
    return { symbol, day: date, size: bytes, lastModified: lastModified ?? (date + 1) * DAY_MS + 8 * 3_600_000 };
  });
}

const FILE_CHECKS = {
  symbol: checkSymbol,
  date: checkDay,
  bytes: checkWhole([KLINE_BYTES.min, KLINE_BYTES.max]),
  lastModified: optional(checkTime),
} satisfies ChecksOf<ReplicaFile>;

const checkFaultShare = withDefault(checkShare, 0);

function checkFaults(option: string, value: unknown): FaultOptions {
  return readOptions(
    value,
    {
      status500: checkFaultShare,
      status503: checkFaultShare,
      reset: checkFaultShare,
      hang: checkFaultShare,
      retryAfter: optional(checkWhole([0, 1_000_000])),
      seed: optional(anyWhole),
    } satisfies ChecksOf<FaultOptions>,
    option,
  );
}
