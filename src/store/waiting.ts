import { setTimeout as sleep } from "node:timers/promises";
import { InterruptedError, StoreError } from "../errors.js";

/** Time between two attempts, ms. */
const RETRY_MS = 200;

/** How long to wait for a file in use. */
export interface Waiting {
  /** Maximum time to wait, ms; 0 for no waiting. */
  waitMs: number;
  /** Aborting it ends the waiting. */
  signal?: AbortSignal | undefined;
  /** Called once when the waiting begins, with a notice for the user. */
  onWait?: ((notice: string) => void) | undefined;
}

/**
 * Opens a file, and retries for a while if another process is using it.
 *
 * @throws StoreError STORE_LOCKED when it is still in use after that time; InterruptedError when the signal was aborted first;
 * other errors of `open`
 */
export async function whenFree<Opened>(
  open: () => Promise<Opened>,
  { waitMs, signal, onWait }: Waiting,
): Promise<Opened> {
  const deadline = performance.now() + waitMs;
  let hasNotified = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const isLocked = error instanceof StoreError && error.code === "STORE_LOCKED";
      if (!isLocked || performance.now() >= deadline) throw error;
      if (!hasNotified) onWait?.(`waiting up to ${waitMs / 1000} s: ${error.message}`);
      hasNotified = true;
    }
    await sleep(RETRY_MS);
    if (signal?.aborted === true) throw new InterruptedError("interrupted while another process was using the file");
  }
}
