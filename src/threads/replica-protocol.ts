import type { PlainError } from "../errors.js";
import type { Replica } from "../replica/replica.js";
import type { ReplicaStats } from "../replica/stats.js";

/** What the replica's thread says: first `started` or `failed`, then an answer to each request, in order. */
export type ReplicaMessage =
  | { type: "started"; facts: Pick<Replica, "url" | "listUrl" | "contractsUrl" | "port" | "ca" | "symbols" | "files"> }
  | { type: "failed"; error: PlainError }
  | { type: "stats"; stats: ReplicaStats };

/** What the thread is asked. `reset` answers with the counts after it. */
export type ReplicaRequest = "stats" | "reset" | "close";
