/** Prober thread of the pool: runs shards over its own connections and streams the rows to the writer. */
import { MessageChannel, parentPort, workerData } from "node:worker_threads";
import type { Pool } from "undici";
import { BatchSender } from "../src/pipeline/batch-sender.js";
import { startBeating } from "../src/pipeline/heartbeat.js";
import {
  share,
  unpackSymbols,
  type ProberAnswer,
  type ProberHello,
  type ProberSettings,
  type ProberTask,
} from "../src/pipeline/prober-protocol.js";
import { createPool, STREAMS_PER_CONNECTION } from "../src/probe/connections.js";
import { Counters } from "../src/probe/counters.js";
import { Deadlines } from "../src/probe/deadlines.js";
import { discoverFolders } from "../src/probe/discover.js";
import { HeadProber } from "../src/probe/head-prober.js";
import { runListShard } from "../src/probe/list-prober.js";
import type { ProberContext } from "../src/probe/prober-context.js";
import { Traffic } from "../src/probe/traffic.js";

const settings = workerData as ProberSettings;
// Piscina replaces a thread that died, also while the run that it belonged to is ending.
const threadIndex = Atomics.add(new Int32Array(settings.threadNumber), 0, 1) % settings.threads;
startBeating(settings.beats, 1 + threadIndex);
const connections = share(settings.connections, settings.threads, threadIndex);
const counters = new Counters(settings.counters);
const deadlines = new Deadlines(settings.timeoutMs);

const { port1, port2 } = new MessageChannel();
parentPort?.postMessage({ rows: port2 } satisfies ProberHello, [port2]);

const pools = new Map<string, Pool>();
const context: ProberContext = {
  symbols: [],
  concurrency: connections * (settings.http2 ? STREAMS_PER_CONNECTION : 1),
  retries: settings.retries,
  sink: new BatchSender(port1),
  counters,
  traffic: new Traffic(settings.traffic),
};
const headProber = new HeadProber(context, {
  pool: poolTo(settings.endpoint),
  deadlines,
  pooled: settings.pooled,
  onReplay: () => {
    counters.add("replays");
  },
});
const listUrl = new URL(settings.listEndpoint);
const listContext = { pool: poolTo(settings.listEndpoint), deadlines, bucketPath: listUrl.pathname };

/** One pool an origin, so that two URLs of one server share its sockets. */
function poolTo(url: string): Pool {
  const { origin } = new URL(url);
  let pool = pools.get(origin);
  if (pool === undefined) {
    pool = createPool({
      origin,
      connections,
      http2: settings.http2,
      timeoutMs: settings.timeoutMs,
      ...(settings.ca === undefined ? {} : { ca: settings.ca }),
      addresses: settings.addresses,
      onConnect: () => {
        counters.add("connectionsOpened");
      },
    });
    pools.set(origin, pool);
  }
  return pool;
}

/** Entry that the pool calls for each task. */
export default function run(task: ProberTask): Promise<ProberAnswer> {
  if (task.type === "discover") return discoverFolders(context, listContext);
  if (context.symbols.length === 0) context.symbols = unpackSymbols(task.symbols);
  return task.shard.type === "head" ? headProber.run(task.shard) : runListShard(context, listContext, task.shard);
}
