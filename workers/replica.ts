import { parentPort, workerData } from "node:worker_threads";
import { toPlainError } from "../src/errors.js";
import { startReplica, type Replica, type ReplicaOptions } from "../src/replica/replica.js";
import type { ThreadMessage, ThreadRequest } from "../src/threads/replica-thread.js";

/** Thread entry of `startReplicaThread`: one replica, from start to "close". */
const port = parentPort;
if (!port) throw new Error("workers/replica.js is a thread entry");

const post = (message: ThreadMessage): void => {
  port.postMessage(message);
};

try {
  const { stats, resetStats, close, ...facts }: Replica = await startReplica(workerData as ReplicaOptions);
  port.on("message", (request: ThreadRequest) => {
    void serve(request);
  });
  const serve = async (request: ThreadRequest): Promise<void> => {
    if (request === "close") {
      await close();
      // With its last handle gone the thread ends by itself.
      port.close();
      return;
    }
    if (request === "reset") await resetStats();
    post({ type: "stats", stats: await stats() });
  };
  post({ type: "started", facts });
} catch (thrown) {
  post({ type: "failed", error: toPlainError(thrown) });
  port.close();
}
