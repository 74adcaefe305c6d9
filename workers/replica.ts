/** Entry of the thread of a replica. */
import { parentPort, workerData } from "node:worker_threads";
import type { ReplicaOptions } from "../src/replica/replica.js";
import { serveReplica } from "../src/threads/replica-service.js";

if (parentPort === null) throw new Error("this is the entry of a thread");
await serveReplica(parentPort, workerData as ReplicaOptions);
