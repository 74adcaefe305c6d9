/** Entry of a replica's thread. */
import { parentPort, workerData } from "node:worker_threads";
import type { ReplicaOptions } from "../src/replica/replica.js";
import { serveReplica } from "../src/threads/replica-service.js";

if (parentPort === null) throw new Error("this file only runs as a worker thread");
await serveReplica(parentPort, workerData as ReplicaOptions);
