import type { RunOptions } from "./options.js";
import { withThreads } from "./run.js";
import type { Run } from "./running.js";
import { discoverSettings } from "./settings.js";
import { discoverSymbols, type Discovery } from "./symbols.js";

/**
 * Lists the bucket's symbol folders and records them in the database, which never forgets one.
 *
 * @example
 * ```ts
 * const { added } = await discover({ db: "availability.duckdb" });
 * ```
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError, InterruptedError
 */
export function discover(options: RunOptions): Run<Discovery> {
  return withThreads(() => discoverSettings(options, Date.now()), discoverSymbols);
}
