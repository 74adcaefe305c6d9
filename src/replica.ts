/**
 * An embedded Binance Vision: a TLS server on 127.0.0.1 that speaks what the bucket's hosts speak (HEAD, GET, and LIST in
 * both versions, over HTTP/1.1 and HTTP/2), with a history of your choice, latency and faults. For the tests of anything
 * that downloads from the bucket, this package included.
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
import { dayAt, DAY_MS } from "./calendar/day.js";
import { startReplica as start, type HistorySource, type Replica } from "./replica/replica.js";
import type { FaultOptions } from "./replica/faults.js";
import { checkChoice, checkDay, checkOptions, checkText, checkWhole, optional, refuseUnknown } from "./run/checks.js";

export { UsageError } from "./errors.js";
export type { DayInput } from "./calendar/day-input.js";
export type { FaultOptions } from "./replica/faults.js";
export type { RequestKind } from "./replica/bucket.js";
export type { Replica } from "./replica/replica.js";
export type { ReplicaStats } from "./replica/stats.js";

/** A made-up history that looks like the bucket's; the same values give the same one. */
export interface SyntheticHistory {
  type: "synthetic";
  /**
   * First UTC day with files.
   *
   * @default "2019-12-31"
   */
  from?: DayInput | undefined;
  /**
   * Last UTC day with files.
   *
   * @default yesterday
   */
  to?: DayInput | undefined;
  /**
   * Symbols, settled ones included; delivery contracts come on top. 1 to 20000.
   *
   * @default 327
   */
  symbols?: number | undefined;
  /**
   * Any whole number.
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

/** One kline file of a history written out by hand. */
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
  lastModified?: Date | undefined;
}

/** A history written out by hand, in any order. */
export interface FilesHistory {
  type: "files";
  files: readonly ReplicaFile[];
}

/** Options of {@link startReplica}. One that is undefined counts as left out. */
export interface ReplicaOptions {
  /**
   * The files that the bucket has.
   *
   * @default a synthetic history of 327 symbols
   */
  history?: SyntheticHistory | SpansHistory | FilesHistory | undefined;
  /**
   * Port on 127.0.0.1, 0 to 65535; 0 takes any that is free.
   *
   * @default 0
   */
  port?: number | undefined;
  /**
   * Added round trip for connect, TLS handshake and answer alike, 0 to 60000 ms.
   *
   * @default 0
   */
  rttMs?: number | undefined;
  /**
   * Shares of requests that go wrong.
   *
   * @default none
   */
  faults?: FaultOptions | undefined;
}

/**
 * Starts an embedded Binance Vision in this thread.
 *
 * @throws UsageError for an option that can't be used, or a port that can't be had
 */
export async function startReplica(options: ReplicaOptions = {}): Promise<Replica> {
  const { history = { type: "synthetic" }, port, rttMs, faults, ...unknown } = checkOptions(options);
  refuseUnknown(unknown);
  return await start({
    history: sourceOf(history),
    port: optional(port, (value) => checkWhole("port", value, [0, 65_535])) ?? 0,
    rttMs: optional(rttMs, (value) => checkWhole("rttMs", value, [0, 60_000])) ?? 0,
    faults: faults ?? {},
  });
}

function sourceOf(history: NonNullable<ReplicaOptions["history"]>): HistorySource {
  checkChoice("history.type", checkOptions(history).type, ["synthetic", "spans", "files"]);
  switch (history.type) {
    case "synthetic": {
      const { type, from, to, symbols, seed } = history;
      return {
        type,
        through: optional(to, (value) => checkDay("history.to", value)) ?? dayAt(Date.now()) - 1,
        ...(from !== undefined && { from: checkDay("history.from", from) }),
        ...(symbols !== undefined && { symbols }),
        ...(seed !== undefined && { seed }),
      };
    }
    case "spans":
      return { type: "spans", file: checkText("history.file", history.file) };
    case "files":
      return {
        type: "listed",
        files: history.files.map(({ symbol, date, bytes, lastModified }) => {
          const day = checkDay("history.files", date);
          const uploaded = lastModified?.getTime() ?? (day + 1) * DAY_MS + 8 * 3_600_000;
          return { symbol: checkText("history.files", symbol), day, size: bytes, lastModified: uploaded };
        }),
      };
  }
}
