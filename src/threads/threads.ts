import { ThreadError } from "../errors.js";
import { warmDns, type DnsWarmUp } from "../probe/net/dns.js";
import { proxyFor, type Proxy } from "../probe/net/proxy.js";
import { Traffic } from "../probe/traffic.js";
import { Counters } from "../rows/counters.js";
import type { CellFailure, Retry } from "../rows/failure.js";
import { claimInProcess } from "../store/claim.js";
import { whenFree } from "../store/waiting.js";
import type { StoreFacts } from "../store/writer.js";
import type { Dataset } from "../vision/dataset.js";
import { Heartbeats } from "./heartbeat.js";
import type { ProberPool } from "./prober-pool.js";
import { WriterClient } from "./writer-client.js";

/** Settings of a run's threads. */
export interface ThreadSettings {
  /** Path of the DuckDB file. */
  readonly db: string;
  readonly dataset: Dataset;
  /** Origin of HEADs. */
  readonly endpoint: string;
  /** URL of the bucket for LISTs; undefined if nothing can be listed. */
  readonly listEndpoint: string | undefined;
  /** PEM certificates to trust in addition to Node's. */
  readonly ca: string | undefined;
  /** Number of prober threads. */
  readonly threads: number;
  /** Total number of sockets with HTTP/1.1. */
  readonly connections: number;
  /** Total number of sockets with HTTP/2; 0 doesn't offer it. */
  readonly http2Connections: number;
  /** False opens a connection for every HEAD. */
  readonly pooled: boolean;
  readonly timeoutMs: number;
  /** How long to wait for a file in use, ms. */
  readonly waitMs: number;
  /** Aborting it ends that waiting. */
  readonly signal: AbortSignal | undefined;
  readonly retries: number;
  /** Rate limit of all threads together; undefined for none. */
  readonly maxRequestsPerSecond: number | undefined;
  /** Start the probers while the file is being opened, not on first use. */
  readonly eager: boolean;
}

/** A URL that is reached through a proxy. */
export interface ProxyUse {
  readonly url: string;
  readonly proxy: Proxy;
}

/** The threads of a run, once the file is open. Disposing them ends all threads and closes the file. */
export interface Threads extends AsyncDisposable {
  readonly writer: Pick<WriterClient, "call" | "failed">;
  /** Facts about the file when it was opened. */
  readonly facts: StoreFacts;
  readonly dns: DnsWarmUp;
  /** The proxies from the environment, with the URL that each is used for. */
  readonly proxies: readonly ProxyUse[];
  readonly counters: Counters;
  /** Makes the probers finish their current shards without waiting for pauses or retries. */
  windDown(): void;
  /** Stops all probers before their next request. */
  abandon(): void;
  /** The pool of probers, started on first use. */
  probers(): Promise<Pick<ProberPool, "discover" | "runShards" | "parallelHeads" | "parallelLists">>;
  /** Begins to end the probers, once they have no more work. That frees 20 MiB each for what follows. */
  endProbers(): void;
  /** Calls the listener with each failure of a probe from now on, when it happens. It must not throw. */
  onFailure(listener: (failure: CellFailure) => void): void;
  /** Calls the listener with each request that is sent again from now on. It must not throw. */
  onRetry(listener: (retry: Retry) => void): void;
  /** Rejects when a thread is stuck or dies while idle; never resolves. */
  readonly died: Promise<never>;
}

/**
 * Starts the writer, opens the file and warms DNS concurrently; the probers start when the addresses are known.
 *
 * @param onWait called with a notice for the user when waiting for another process that is using the file
 * @throws StoreError, ThreadError; UsageError when an environment variable is not the URL of a proxy
 */
export async function startThreads(settings: ThreadSettings, onWait: (notice: string) => void): Promise<Threads> {
  const waiting = { waitMs: settings.waitMs, signal: settings.signal, onWait };
  const { endpoint, listEndpoint } = settings;
  const urls = listEndpoint === undefined ? [endpoint] : [endpoint, listEndpoint];
  const proxies = urls.flatMap((url): ProxyUse[] => {
    const proxy = proxyFor(url, process.env);
    return proxy === undefined ? [] : [{ url, proxy }];
  });
  const proxyOf = (url: string | undefined) => proxies.find((use) => use.url === url)?.proxy;
  const claim = await whenFree(async () => Promise.resolve(claimInProcess(settings.db)), waiting);
  const writer = new WriterClient();
  const counters = new Counters();
  const traffic = Traffic.start(settings.maxRequestsPerSecond);
  let pool: Promise<ProberPool> | undefined;
  let onFailure: ((failure: CellFailure) => void) | undefined;
  let onRetry: ((retry: Retry) => void) | undefined;
  let announceDeath: (error: ThreadError) => void = () => undefined;
  const died = new Promise<never>((_resolve, reject) => {
    announceDeath = reject;
  });
  // Avoid an unhandled rejection if nobody is waiting when a thread dies.
  died.catch(() => undefined);
  const probers = Array.from({ length: settings.threads }, (_, index) => `prober thread ${index + 1}`);
  const heartbeats = new Heartbeats(["the writer thread", ...probers], (place, error) => {
    if (place === 0) writer.fail(error);
    announceDeath(error);
  });
  let ended = false;
  let probersEnded: Promise<void> | undefined;
  const endProbers = async () => {
    const running = await pool;
    await running?.destroy();
    for (const index of probers.keys()) heartbeats.forget(1 + index);
  };
  const end = async () => {
    ended = true;
    heartbeats.stop();
    traffic.abandon();
    await Promise.all([(probersEnded ??= endProbers()), writer.end()]);
    claim.release();
  };
  try {
    const opening = whenFree(() => writer.call("open", settings.db, heartbeats.buffer), waiting);
    // A failure to open is handled below; until then it must not count as unhandled.
    opening.catch(() => undefined);
    const dns = await warmDns(urls.map((url) => proxyOf(url)?.url ?? url));
    const startPool = async () => {
      // Loading Piscina takes 40 ms, during which the writer thread, which was started first, loads DuckDB.
      const { ProberPool } = await import("./prober-pool.js");
      return new ProberPool(
        {
          dataset: settings.dataset,
          endpoint,
          listEndpoint: listEndpoint ?? endpoint,
          connections: settings.connections,
          http2Connections: settings.http2Connections,
          threads: settings.threads,
          pooled: settings.pooled,
          timeoutMs: settings.timeoutMs,
          retries: settings.retries,
          ...(settings.ca === undefined ? {} : { ca: settings.ca }),
          proxies: { endpoint: proxyOf(endpoint), listEndpoint: proxyOf(listEndpoint) },
          addresses: dns.table,
          counters: counters.buffer,
          traffic: traffic.buffer,
          beats: heartbeats.buffer,
          threadNumber: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
        },
        {
          onLoaded: (rows, volumes) => {
            writer.connect("rows", rows);
            writer.connect("volumes", volumes);
          },
          onFailure: (failure) => onFailure?.(failure),
          onRetry: (retry) => onRetry?.(retry),
          onDeath: announceDeath,
        },
      );
    };
    const started = async () => {
      // An abandoned run may still get here.
      if (ended) throw new ThreadError("the threads have ended");
      return await (pool ??= startPool());
    };
    if (settings.eager) void started();
    return {
      writer,
      facts: await Promise.race([opening, died]),
      dns,
      proxies,
      counters,
      windDown: () => {
        traffic.windDown();
      },
      abandon: () => {
        traffic.abandon();
      },
      probers: started,
      endProbers: () => {
        ended = true;
        probersEnded ??= endProbers();
        // It is awaited at the end.
        probersEnded.catch(() => undefined);
      },
      onFailure: (listener) => {
        onFailure = listener;
      },
      onRetry: (listener) => {
        onRetry = listener;
      },
      died,
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
