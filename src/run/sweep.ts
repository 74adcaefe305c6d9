import type { SweepOptions } from "./options.js";
import type { Command } from "./plan.js";
import { run } from "./run.js";
import type { Run } from "./running.js";
import { sweepSettings, type ProbeSettings } from "./settings.js";
import type { RunSummary } from "./summary.js";

/** Every cell of every symbol, by LIST. */
export const SWEEP: Command<ProbeSettings> = {
  name: "sweep",
  cells: () => "all",
};

/**
 * Lists everything again, which finds files of any age that were late, replaced or removed. Takes one request for each
 * 500 days of a symbol.
 *
 * @example
 * ```ts
 * const { changes } = await sweep({ db: "availability.duckdb" });
 * ```
 *
 * @throws RunFailedError when a probe failed or the signal was aborted, unless `reject` is false; StoreError,
 *   DiscoveryError, ThreadError, UsageError, InterruptedError when there is no summary
 */
export function sweep(options: SweepOptions): Run<RunSummary> {
  return run(SWEEP, () => sweepSettings(options, Date.now()));
}
