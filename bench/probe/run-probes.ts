import type { MessagePort } from "node:worker_threads";
import type { CreditMessage } from "../../src/pipeline/batch-sender.js";
import { warmDns } from "../../src/pipeline/dns.js";
import { DEFAULTS } from "../../src/pipeline/options.js";
import { ProberPool } from "../../src/pipeline/prober-pool.js";
import { headShards } from "../../src/pipeline/shards.js";
import type { RowBatch } from "../../src/probe/batch.js";
import { Counters } from "../../src/probe/counters.js";
import { Traffic } from "../../src/probe/traffic.js";
import type { BenchServer } from "../servers/server.js";
import type { Sample } from "../frame/comparison.js";
import { answersOf, countHeads, digestOf, type ProbeWork } from "./work.js";

/** How a run of probes is made. */
export interface ProbeSetup {
  threads: number;
  connections: number;
  pooled: boolean;
  http2: boolean;
}

/** The default of `bfa update`. */
export const DEFAULT_SETUP: ProbeSetup = { ...DEFAULTS, pooled: true, http2: false };

/**
 * Probes all cells as `bfa update` does, with the rows going to this thread instead of a writer. Timed from the first
 * shard, when all threads stand ready without a connection, to the last row.
 */
export async function runProbes(server: BenchServer, work: ProbeWork, setup: ProbeSetup): Promise<Sample> {
  const counters = new Counters();
  const batches: RowBatch[] = [];
  const expected = countHeads(work);
  let rows = 0;
  let allRows: () => void = () => undefined;
  let threads = 0;
  let allThreads: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (allThreads = resolve));
  const arrived = new Promise<void>((resolve) => (allRows = resolve));
  const receive = (port: MessagePort) => {
    port.on("message", (batch: RowBatch) => {
      port.postMessage({ credits: 1 } satisfies CreditMessage);
      batches.push(batch);
      rows += batch.count;
      if (rows >= expected) allRows();
    });
    if (++threads === setup.threads) allThreads();
  };
  const { table } = await warmDns([server.url]);
  const pool = new ProberPool(
    {
      endpoint: server.url,
      listEndpoint: server.url,
      ...setup,
      timeoutMs: 30_000,
      retries: 0,
      ...(server.ca === undefined ? {} : { ca: server.ca }),
      addresses: table,
      counters: counters.buffer,
      traffic: new Traffic().buffer,
      threadNumber: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    },
    receive,
  );
  try {
    await ready;
    const cells = work.symbols.map(() => [{ from: work.from, to: work.to }]);
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    await pool.runShards(
      headShards(cells, setup.threads),
      work.symbols,
      () => false,
      () => undefined,
    );
    await arrived;
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      values: {
        rate: expected / seconds,
        elapsed: seconds * 1000,
        cpu: ((user + system) / 1e6 / expected) * 1000,
        sockets: counters.read().connectionsOpened,
      },
      work: digestOf(work, answersOf(batches)),
    };
  } finally {
    await pool.destroy();
  }
}
