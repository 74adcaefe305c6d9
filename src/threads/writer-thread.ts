import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import type { WriterRequest } from "./writer-protocol.js";

const ENTRY = new URL("../../workers/writer.js", import.meta.url);

/** Heap of the writer, MiB; rows are stored outside it. Limits keep garbage from accumulating, which saves 10 MiB. */
const WRITER_HEAP = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 128 };

let early: Worker | undefined;

/** The writer threads of this process that have not ended. */
const running = new Set<Worker>();

/**
 * Starts the writer thread of this process's next run early. DuckDB takes 130 ms to load; meanwhile the command can load
 * its own modules.
 */
export function startWriterEarly(): void {
  const worker = startWriter();
  early = worker;
  // On error the run starts a fresh thread and reports the error itself.
  worker.once("error", () => {
    if (early === worker) early = undefined;
  });
}

/** The thread that was started early, or a new one. */
export function takeWriter(): Worker {
  const worker = early ?? startWriter();
  early = undefined;
  return worker;
}

/** Ends an early thread that no run took, once it has loaded: before that, DuckDB's binding would abort. */
export async function endEarlyWriter(): Promise<void> {
  const worker = early;
  early = undefined;
  if (worker === undefined) return;
  // Ignore load errors: no run was waiting for this thread.
  await drain(worker).catch(() => undefined);
  await worker.terminate();
}

/**
 * Resolves when no writer thread of this process is in a DuckDB call, and none will begin another. Before that,
 * `process.exit` would abort.
 */
export async function drainWriters(): Promise<void> {
  // One that dies has ended, too.
  await Promise.allSettled([...running].map(drain));
}

/** Resolves when a thread has loaded and drained, or has ended; rejects if it dies. */
async function drain(worker: Worker): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ type: "drain", port: port2 } satisfies WriterRequest, [port2]);
  await Promise.race([once(port1, "message"), once(worker, "exit")]);
}

function startWriter(): Worker {
  const worker = new Worker(ENTRY, { name: "bfa-writer", resourceLimits: WRITER_HEAP });
  running.add(worker);
  worker.once("exit", () => running.delete(worker));
  return worker;
}
