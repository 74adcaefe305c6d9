import type { MessagePort } from "node:worker_threads";
import { toPlainError } from "../errors.js";
import { startReplica, type Replica, type ReplicaOptions } from "../replica/replica.js";
import type { ReplicaMessage, ReplicaRequest } from "./replica-protocol.js";

/** Serves one replica over a port until "close". */
export async function serveReplica(port: MessagePort, options: ReplicaOptions): Promise<void> {
  const post = (message: ReplicaMessage): void => {
    port.postMessage(message);
  };
  let replica: Replica;
  try {
    replica = await startReplica(options);
  } catch (error) {
    post({ type: "failed", error: toPlainError(error) });
    port.close();
    return;
  }
  const { url, listUrl, contractsUrl, port: served, ca, symbols, files, stats, resetStats, close } = replica;
  const facts = { url, listUrl, contractsUrl, port: served, ca, symbols, files };
  const serve = async (request: ReplicaRequest): Promise<void> => {
    if (request === "close") {
      await close();
      // Without open handles, the thread ends by itself.
      port.close();
      return;
    }
    if (request === "reset") await resetStats();
    post({ type: "stats", stats: await stats() });
  };
  port.on("message", (request: ReplicaRequest) => {
    void serve(request);
  });
  post({ type: "started", facts });
}
