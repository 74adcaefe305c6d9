import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import type { MessagePort } from "node:worker_threads";
import type { CreditMessage } from "../../src/threads/batch-sender.js";
import { warmDns } from "../../src/probe/net/dns.js";
import { COMMAND_DEFAULTS, DEFAULT_CONNECTIONS } from "../../src/run/defaults.js";
import { ProberPool } from "../../src/threads/prober-pool.js";
import { headShards } from "../../src/run/shards.js";
import type { ProbeBatch } from "../../src/rows/batch.js";
import { Counters } from "../../src/rows/counters.js";
import { Traffic } from "../../src/probe/traffic.js";
import type { BenchServer } from "../servers/server.js";
import type { Sample } from "../frame/comparison.js";
import { answersOf, countHeads, digestOf, type ProbeWork } from "./work.js";

/** Settings of a run of probes. */
export interface ProbeSetup {
  threads: number;
  connections: number;
  pooled: boolean;
  http2: boolean;
}

/** One thread over HTTP/1.1, pooled. */
export const DEFAULT_SETUP: ProbeSetup = {
  threads: COMMAND_DEFAULTS.update.threads,
  connections: DEFAULT_CONNECTIONS.http1,
  pooled: true,
  http2: false,
};

/**
 * Probes all cells as `bfa update` does, but sends the rows to this thread instead of a writer. Timed from the first
 * shard, when all threads are ready but not connected, to the last row.
 *
 * @param warm probe all once before that, so that connections are open and the threads' code is compiled: a new thread
 *   spends about 0.7 s of CPU until V8 has optimized the path of a HEAD
 */
export async function runProbes(
  server: BenchServer,
  work: ProbeWork,
  setup: ProbeSetup,
  warm = false,
): Promise<Sample> {
  const counters = new Counters();
  const rows = new RowCollector();
  const { table } = await warmDns([server.url]);
  const pool = new ProberPool(
    {
      dataset: DEFAULT_DATASET,
      endpoint: server.url,
      listEndpoint: server.url,
      threads: setup.threads,
      connections: setup.connections,
      http2Connections: setup.http2 ? setup.connections : 0,
      pooled: setup.pooled,
      timeoutMs: 10_000,
      retries: 0,
      proxies: { endpoint: undefined, listEndpoint: undefined },
      ...(server.ca === undefined ? {} : { ca: server.ca }),
      addresses: table,
      counters: counters.buffer,
      traffic: Traffic.start().buffer,
      beats: new SharedArrayBuffer((setup.threads + 1) * Int32Array.BYTES_PER_ELEMENT),
      threadNumber: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    },
    {
      onLoaded: (port) => {
        rows.collect(port);
      },
      onFailure: () => undefined,
      onRetry: () => undefined,
      onDeath: (error) => {
        throw error;
      },
    },
  );
  const heads = countHeads(work);
  const cells = work.symbols.map(() => [{ from: work.from, to: work.to }]);
  const probeAll = async () => {
    const shards = headShards(cells, setup.threads);
    await pool.runShards(
      shards,
      work.symbols,
      pool.parallelHeads(),
      () => false,
      () => undefined,
    );
    return await rows.take(heads);
  };
  try {
    await pool.loaded();
    if (warm) await probeAll();
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    const batches = await probeAll();
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      values: { rate: heads / seconds, elapsed: seconds * 1000, cpu: ((user + system) / 1e6 / heads) * 1000 },
      work: digestOf(work, answersOf(batches)),
    };
  } finally {
    await pool.destroy();
  }
}

/** Receives the probers' batches instead of the writer. */
class RowCollector {
  private announceRows: () => void = () => undefined;
  private batches: ProbeBatch[] = [];

  collect(port: MessagePort): void {
    port.on("message", (batch: ProbeBatch) => {
      port.postMessage({ credits: 1 } satisfies CreditMessage);
      this.batches.push(batch);
      this.announceRows();
    });
  }

  /** Waits for a number of rows, removes and returns them. */
  async take(count: number): Promise<ProbeBatch[]> {
    while (this.batches.reduce((rows, batch) => rows + batch.count, 0) < count) {
      await new Promise<void>((resolve) => (this.announceRows = resolve));
    }
    const { batches } = this;
    this.batches = [];
    return batches;
  }
}
