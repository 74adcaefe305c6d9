import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { fromPlainError, ThreadError } from "../errors.js";
import type { Replica, ReplicaOptions } from "../replica/replica.js";
import type { ReplicaStats } from "../replica/stats.js";
import type { ReplicaMessage, ReplicaRequest } from "./replica-protocol.js";

/**
 * Starts a replica in its own thread, so that clients measured against it don't share its event loop. Options and
 * handle are those of {@link startReplica}.
 */
export async function startReplicaThread(options: ReplicaOptions): Promise<Replica> {
  const worker = new Worker(new URL("../../workers/replica.js", import.meta.url), {
    workerData: options,
    // A thread inherits Node's options, and can't start with some of them (`--input-type`).
    execArgv: [],
  });
  const waiting: { resolve: (message: ReplicaMessage) => void; reject: (reason: Error) => void }[] = [];
  const nextMessage = (): Promise<ReplicaMessage> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  worker.on("message", (message: ReplicaMessage) => waiting.shift()?.resolve(message));
  let crash: unknown;
  worker.on("error", (error) => (crash = error));
  worker.on("exit", () => {
    const ended = new ThreadError("the replica's thread has ended", { cause: crash });
    for (const { reject } of waiting.splice(0)) reject(ended);
  });
  const ask = (request: ReplicaRequest): Promise<ReplicaMessage> => {
    if (worker.threadId < 0) return Promise.reject(new ThreadError("the replica's thread has ended", { cause: crash }));
    const answer = nextMessage();
    worker.postMessage(request);
    return answer;
  };

  const started = await nextMessage();
  if (started.type === "failed") throw fromPlainError(started.error);
  if (started.type !== "started") throw new ThreadError(`the replica's thread began with '${started.type}'`);
  const close = async () => {
    if (worker.threadId < 0) return;
    const exited = once(worker, "exit");
    worker.postMessage("close" satisfies ReplicaRequest);
    await exited;
  };
  return {
    ...started.facts,
    stats: async () => statsOf(await ask("stats")),
    resetStats: async () => {
      await ask("reset");
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function statsOf(message: ReplicaMessage): ReplicaStats {
  if (message.type !== "stats")
    throw new ThreadError(`the replica's thread answered '${message.type}' instead of stats`);
  return message.stats;
}
