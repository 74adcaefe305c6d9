/** Entry of the writer thread, the only one that opens the database. */
import { parentPort } from "node:worker_threads";
import { serveWriter } from "../src/threads/writer-service.js";

if (parentPort === null) throw new Error("this file only runs as a worker thread");
serveWriter(parentPort);
