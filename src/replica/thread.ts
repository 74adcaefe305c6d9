import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { fromPlainError, type PlainError } from "../errors.js";
import type { Replica, ReplicaOptions } from "./replica.js";
import type { ReplicaStats } from "./stats.js";

/** What the thread says: first `started` or `failed`, then an answer to each request, in order. */
export type ThreadMessage =
  | { type: "started"; facts: Pick<Replica, "url" | "listUrl" | "port" | "ca" | "symbols" | "files"> }
  | { type: "failed"; error: PlainError }
  | { type: "stats"; stats: ReplicaStats };

/** What the thread is asked. `reset` answers with the counts after it. */
export type ThreadRequest = "stats" | "reset" | "close";

/**
 * Starts a replica in a thread of its own, so that what is measured against it doesn't share its event loop. Options
 * and handle are those of {@link startReplica}.
 */
export async function startReplicaThread(options: ReplicaOptions): Promise<Replica> {
  const worker = new Worker(new URL("../../workers/replica.js", import.meta.url), {
    workerData: options,
    // A thread inherits Node's own options, and refuses to start with some of them (`--input-type`).
    execArgv: [],
  });
  const waiting: ((message: ThreadMessage) => void)[] = [];
  const answer = new Promise<ThreadMessage>((resolve, reject) => {
    waiting.push(resolve);
    worker.once("error", reject);
  });
  worker.on("message", (message: ThreadMessage) => waiting.shift()?.(message));

  const ask = (request: ThreadRequest): Promise<ThreadMessage> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      worker.postMessage(request);
    });

  const started = await answer;
  if (started.type !== "started") {
    await worker.terminate();
    throw started.type === "failed" ? fromPlainError(started.error) : new Error("the replica's thread made no sense");
  }
  return {
    ...started.facts,
    stats: async () => statsOf(await ask("stats")),
    resetStats: async () => {
      await ask("reset");
    },
    close: async () => {
      const exited = once(worker, "exit");
      worker.postMessage("close" satisfies ThreadRequest);
      await exited;
    },
  };
}

function statsOf(message: ThreadMessage): ReplicaStats {
  if (message.type !== "stats") throw new Error(`the replica's thread answered '${message.type}' instead of stats`);
  return message.stats;
}
