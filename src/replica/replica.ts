import { BUCKET, createBucket } from "./bucket.js";
import { createCertificate, type Certificate } from "./certificate.js";
import { startDelayRelay } from "./delay.js";
import { EXCHANGE_INFO_PATH } from "./exchange-info.js";
import { planFaults, type FaultOptions } from "./faults.js";
import { listedHistory, type ListedFile, type ListedForeignFile } from "./files.js";
import { countFiles, countSymbols, type History } from "./history.js";
import { startServer } from "./server.js";
import { spansHistory } from "./spans.js";
import type { ReplicaStats } from "./stats.js";
import { syntheticHistory, type SyntheticOptions } from "./synthetic.js";

/** The source of a replica's history. Plain data, so that it can be sent to a thread. */
export type HistorySource =
  | ({ type: "synthetic" } & SyntheticOptions)
  | {
      type: "spans";
      /** Path of a CSV `symbol,first_day,last_day,bytes_per_day`. */
      file: string;
    }
  | { type: "listed"; files: readonly ListedFile[]; foreign?: readonly ListedForeignFile[] };

/** Options of a replica. */
export interface ReplicaOptions {
  history: HistorySource;
  /** Port on 127.0.0.1; 0, the default, picks a free one. */
  port?: number;
  /** Round-trip time in ms added to connect, TLS handshake and each answer; default 0, without a relay. */
  rttMs?: number;
  faults?: FaultOptions;
  /** Key and certificate to use; by default, new ones are created at each start. */
  certificate?: Certificate;
}

/** A running replica, in this thread or another. Disposing it closes it. */
export interface Replica extends AsyncDisposable {
  /** Base URL of HEAD and GET, `https://127.0.0.1:PORT`. */
  url: string;
  /** Base URL of LISTs, path style. */
  listUrl: string;
  /** URL of the exchange's `exchangeInfo` at the end of the history. */
  contractsUrl: string;
  port: number;
  /** PEM of the authority to trust. */
  ca: string;
  /** Number of symbols in the history that `bfa update` covers. */
  symbols: number;
  /** Number of kline files in the history. */
  files: number;
  stats: () => Promise<ReplicaStats>;
  resetStats: () => Promise<void>;
  /** Closes all connections and the server, so that nothing keeps the process alive. */
  close: () => Promise<void>;
}

/**
 * Starts an embedded Vision in this thread: a TLS server on 127.0.0.1 that behaves like Binance Vision's hosts.
 *
 * @throws UsageError for an invalid history, invalid faults, or a port that isn't available
 */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const faults = planFaults(options.faults ?? {});
  const history = readHistory(options.history);
  const certificate = options.certificate ?? (await createCertificate());
  const { rttMs = 0, port = 0 } = options;
  const server = await startServer({
    bucket: createBucket(history),
    certificate,
    faults,
    retryAfter: options.faults?.retryAfter,
    port: rttMs > 0 ? 0 : port,
  });
  const relay = rttMs > 0 ? await startDelayRelay(rttMs, server.port, port) : undefined;
  const close = async () => {
    await relay?.close();
    await server.close();
  };
  const url = `https://127.0.0.1:${relay?.port ?? server.port}`;
  return {
    url,
    listUrl: `${url}/${BUCKET}`,
    contractsUrl: `${url}${EXCHANGE_INFO_PATH}`,
    port: relay?.port ?? server.port,
    ca: certificate.ca,
    symbols: countSymbols(history),
    files: countFiles(history),
    stats: () => Promise.resolve(server.stats()),
    resetStats: () => {
      server.resetStats();
      return Promise.resolve();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readHistory(source: HistorySource): History {
  switch (source.type) {
    case "synthetic":
      return syntheticHistory(source);
    case "spans":
      return spansHistory(source.file);
    case "listed":
      return listedHistory(source.files, source.foreign);
  }
}
