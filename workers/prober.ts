/** Entry of a prober thread. The pool calls the default export for each task. */
import { parentPort, workerData } from "node:worker_threads";
import type { PoolSettings } from "../src/threads/prober-protocol.js";
import { serveProber } from "../src/threads/prober-service.js";

if (parentPort === null) throw new Error("this file only runs as a worker thread");
export default serveProber(parentPort, workerData as PoolSettings).run;
