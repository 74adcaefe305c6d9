import { claimInProcess } from "../store/claim.js";
import { whenFree, type Waiting } from "../store/waiting.js";
import type { StoreFacts } from "../store/writer.js";
import { Heartbeats } from "./heartbeat.js";
import { WriterClient } from "./writer-client.js";

/** The writer thread of a command without probers, once the file is open. Disposing it closes the file and ends it. */
export interface WriterAlone extends AsyncDisposable {
  readonly writer: Pick<WriterClient, "call">;
  /** Facts about the file when it was opened. */
  readonly facts: StoreFacts;
}

/**
 * Starts the writer and opens a file.
 *
 * @param db path of the DuckDB file
 * @throws StoreError, ThreadError; InterruptedError when the signal was aborted while another process was using the file
 */
export async function startWriterAlone(db: string, waiting: Waiting): Promise<WriterAlone> {
  const claim = await whenFree(async () => Promise.resolve(claimInProcess(db)), waiting);
  const writer = new WriterClient();
  const heartbeats = new Heartbeats(["the writer thread"], (_, error) => {
    writer.fail(error);
  });
  const end = async () => {
    heartbeats.stop();
    await writer.end();
    claim.release();
  };
  try {
    const facts = await whenFree(() => writer.call("open", db, heartbeats.buffer), waiting);
    return { writer, facts, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
