/** Prober thread of the pool: runs shards over its own connections and streams the rows to the writer. */
import { MessageChannel, parentPort, workerData } from "node:worker_threads";
import { BatchSender } from "../src/threads/batch-sender.js";
import { startBeating } from "../src/threads/heartbeat.js";
import {
  share,
  unpackSymbols,
  type ProberAnswer,
  type ProberHello,
  type ProberSettings,
  type ProberTask,
} from "../src/threads/prober-protocol.js";
import { Concurrency } from "../src/probe/net/concurrency.js";
import { createPool } from "../src/probe/net/pool.js";
import { Counters } from "../src/rows/counters.js";
import { Deadlines } from "../src/probe/net/deadlines.js";
import { discoverFolders } from "../src/probe/list-folders.js";
import { HeadProber } from "../src/probe/head-prober.js";
import { runListShard } from "../src/probe/list-prober.js";
import type { ProberContext } from "../src/probe/prober-context.js";
import { Traffic } from "../src/probe/traffic.js";

const settings = workerData as ProberSettings;
// Piscina replaces a thread that died, also while the run that it belonged to is ending.
const threadIndex = Atomics.add(new Int32Array(settings.threadNumber), 0, 1) % settings.threads;
startBeating(settings.beats, 1 + threadIndex);
const own = (total: number) => share(total, settings.threads, threadIndex);
const counters = new Counters(settings.counters);
const deadlines = new Deadlines(settings.timeoutMs);

const { port1, port2 } = new MessageChannel();
// Once this module is loaded: Node aborts when a thread is ended before.
setImmediate(() => parentPort?.postMessage({ rows: port2 } satisfies ProberHello, [port2]));

const context: ProberContext = {
  dataset: settings.dataset,
  symbols: [],
  retries: settings.retries,
  sink: new BatchSender(port1),
  counters,
  traffic: new Traffic(settings.traffic),
};
const concurrency = new Concurrency(own(settings.connections), own(settings.http2Connections));
const connectionOptions = {
  connections: own(settings.connections),
  timeoutMs: settings.timeoutMs,
  ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  addresses: settings.addresses,
};
const headOrigin = new URL(settings.endpoint).origin;
const headPool = createPool({
  ...connectionOptions,
  origin: headOrigin,
  http2: settings.http2Connections > 0,
  onConnect: (client) => {
    counters.add("connectionsOpened");
    concurrency.connected(client);
    // Once the client that called this is done with its new connection.
    setImmediate(() => {
      headProber.pump();
    });
  },
  onDisconnect: (client) => {
    concurrency.disconnected(client);
  },
  onConnectionError: () => {
    concurrency.failed();
  },
});
const headProber = new HeadProber(
  context,
  {
    pool: headPool,
    deadlines,
    pooled: settings.pooled,
    onReplay: () => {
      counters.add("replays");
    },
  },
  concurrency,
);
const listUrl = new URL(settings.listEndpoint);
// Two URLs of one server share its sockets. S3 itself speaks HTTP/1.1 only.
const listPool =
  listUrl.origin === headOrigin
    ? headPool
    : createPool({
        ...connectionOptions,
        origin: listUrl.origin,
        http2: false,
        onConnect: () => {
          counters.add("connectionsOpened");
        },
      });
const listContext = { pool: listPool, deadlines, bucketPath: listUrl.pathname };

/** Entry that the pool calls for each task. */
export default function run(task: ProberTask): Promise<ProberAnswer> {
  if (task.type === "discover") return discoverFolders(context, listContext);
  if (context.symbols.length === 0) context.symbols = unpackSymbols(task.symbols);
  return task.shard.type === "head" ? headProber.run(task.shard) : runListShard(context, listContext, task.shard);
}
