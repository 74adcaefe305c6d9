import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { WriterRequest } from "./writer-protocol.js";

const ENTRY = new URL("../../workers/writer.js", import.meta.url);

/** Heap of the writer, MiB; rows are stored outside it. Limits keep garbage from accumulating, which saves 10 MiB. */
const WRITER_HEAP = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 128 };

let early: Worker | undefined;

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
  worker.postMessage({ type: "call", id: 0, method: "close", args: [undefined] } satisfies WriterRequest);
  // Ignore load errors: no run was waiting for this thread.
  await Promise.race([once(worker, "message"), once(worker, "exit")]).catch(() => undefined);
  await worker.terminate();
}

function startWriter(): Worker {
  return new Worker(ENTRY, { name: "bfa-writer", resourceLimits: WRITER_HEAP });
}
