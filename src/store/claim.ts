import { StoreError } from "../errors.js";
import { pathOf } from "./file.js";

/** Files claimed in this thread. */
const claimed = new Set<string>();

/** A held lock. */
export interface Lock {
  /** Releases the lock for the next writer. */
  release(): void;
}

/**
 * Claims a file for one run in this process, because the kernel doesn't tell two locks of one process apart. Works only
 * between callers in the same thread.
 *
 * @throws StoreError STORE_LOCKED when it is claimed
 */
export function claimInProcess(file: string): Lock {
  const path = pathOf(file);
  if (claimed.has(path))
    throw new StoreError("STORE_LOCKED", `${file} is in use by another run of this process: wait for it to end`);
  claimed.add(path);
  return {
    release: () => {
      claimed.delete(path);
    },
  };
}
