import type { RunOptions } from "./options.js";
import { withSession } from "./run.js";
import { discoverSymbols } from "./symbols.js";

/** What a listing of the bucket's folders gave. */
export interface Discovery {
  /** Symbols of the listing, of every class, in the bucket's order. */
  symbols: string[];
  /** Symbols of the listing that the file did not know. */
  added: string[];
  /** Symbols that the file knows and the listing has no more; they are kept. */
  gone: string[];
  /** Folders whose names can't be symbols. */
  foreign: string[];
}

/**
 * Lists the bucket for its symbol folders and records them in the file, which never forgets one.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function discover(options: RunOptions): Promise<Discovery> {
  return withSession("discover", options, discoverSymbols);
}
