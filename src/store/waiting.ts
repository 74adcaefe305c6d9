import { setTimeout as sleep } from "node:timers/promises";
import { InterruptedError, StoreError } from "../errors.js";

/** Time between two tries, ms. */
const RETRY_MS = 200;

/** For how long a file in use is waited for. */
export interface Waiting {
  /** ms; 0 doesn't wait. */
  waitMs: number;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
  /** Called once when the waiting begins, with what the user should know, in words. */
  onWait?: ((notice: string) => void) | undefined;
}

/**
 * Opens something of a file, and tries again for a while when another process has it.
 *
 * @throws StoreError STORE_LOCKED when it is still in use then; InterruptedError when the signal came first; what `open`
 *   throws else.
 */
export async function whenFree<Opened>(
  open: () => Promise<Opened>,
  { waitMs, signal, onWait }: Waiting,
): Promise<Opened> {
  const deadline = performance.now() + waitMs;
  let isTold = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const isLocked = error instanceof StoreError && error.code === "STORE_LOCKED";
      if (!isLocked || performance.now() >= deadline) throw error;
      if (!isTold) onWait?.(`waiting up to ${waitMs / 1000} s: ${error.message}`);
      isTold = true;
    }
    await sleep(RETRY_MS);
    if (signal?.aborted === true) throw new InterruptedError("interrupted while another process had the file");
  }
}
