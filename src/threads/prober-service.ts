import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Prober } from "../probe/prober.js";
import { Traffic } from "../probe/traffic.js";
import { PROBE_ROWS } from "../rows/columns.js";
import { Counters } from "../rows/counters.js";
import { BatchSender } from "./batch-sender.js";
import { startBeating } from "./heartbeat.js";
import { UnitSender } from "./unit-sender.js";
import {
  share,
  unpackSymbols,
  type PoolSettings,
  type ProberAnswer,
  type ProberMessage,
  type ProberTask,
} from "./prober-protocol.js";

/** The service of one prober thread. */
export interface ProberService {
  /** Runs a task of the pool. */
  run: (task: ProberTask) => Promise<ProberAnswer>;
  /** Closes its connections. */
  close: () => Promise<void>;
}

/**
 * Makes this thread one of the pool's probers: it uses its share of the sockets, streams rows over a port that it
 * passes to the main thread, and reports each failure and retry.
 *
 * @param port port to the main thread
 */
export function serveProber(port: MessagePort, settings: PoolSettings): ProberService {
  // Piscina replaces a thread that died, even while its run is ending.
  const threadIndex = Atomics.add(new Int32Array(settings.threadNumber), 0, 1) % settings.threads;
  startBeating(settings.beats, 1 + threadIndex);
  const own = (total: number) => share(total, settings.threads, threadIndex);
  const post = (message: ProberMessage, transfer: MessagePort[] = []) => {
    port.postMessage(message, transfer);
  };
  const rows = new MessageChannel();
  const volumes = new MessageChannel();
  // Deferred until this module is loaded: Node aborts if a thread is ended earlier.
  setImmediate(() => {
    post({ type: "loaded", rows: rows.port2, volumes: volumes.port2 }, [rows.port2, volumes.port2]);
  });
  const prober = new Prober(
    { ...settings, connections: own(settings.connections), http2Connections: own(settings.http2Connections) },
    {
      sink: new BatchSender(PROBE_ROWS, rows.port1),
      volumes: new UnitSender(volumes.port1),
      onFailure: (failure) => {
        post({ type: "failure", failure });
      },
      onRetry: (retry) => {
        post({ type: "retry", retry });
      },
      counters: new Counters(settings.counters),
      traffic: new Traffic(settings.traffic),
    },
  );
  let symbols: readonly string[] | undefined;
  return {
    run: (task) => {
      if (task.type === "discover") return prober.discover();
      symbols ??= unpackSymbols(task.symbols);
      return prober.run(task.shard, symbols);
    },
    close: async () => {
      rows.port1.close();
      volumes.port1.close();
      await prober.close();
    },
  };
}
