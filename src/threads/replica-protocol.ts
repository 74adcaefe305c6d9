import type { PlainError } from "../errors.js";
import type { Replica } from "../replica/replica.js";
import type { ReplicaStats } from "../replica/stats.js";

/** Messages from the replica's thread: first `started` or `failed`, then an answer to each request, in order. */
export type ReplicaMessage =
  | { type: "started"; facts: Pick<Replica, "url" | "listUrl" | "contractsUrl" | "port" | "ca" | "symbols" | "files"> }
  | { type: "failed"; error: PlainError }
  | { type: "stats"; stats: ReplicaStats };

/** Requests to the thread. `reset` is answered with the counts after it. */
export type ReplicaRequest = "stats" | "reset" | "close";
