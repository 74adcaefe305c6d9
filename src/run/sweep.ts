import { dayAt } from "../calendar/day.js";
import type { SweepOptions } from "./options.js";
import type { Command } from "./plan.js";
import { run } from "./run.js";
import { sweepSettings, type ProbeSettings } from "./settings.js";
import type { RunSummary } from "./summary.js";

/** Every cell of every symbol, by LIST. */
export const SWEEP: Command<ProbeSettings> = {
  name: "sweep",
  span: ({ dataset, now }) => ({ from: dataset.firstPeriod, to: dayAt(now) - 1 }),
  cells: () => "all",
};

/**
 * Lists everything again, and so finds files of any age that came late, were replaced or removed. It takes one request
 * for each 500 days of a symbol.
 *
 * Failed probes don't throw: look at `outcome` and `failures` of the summary.
 *
 * @example
 * ```ts
 * const { changes } = await sweep({ db: "availability.duckdb" });
 * ```
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export async function sweep(options: SweepOptions): Promise<RunSummary> {
  return await run(SWEEP, sweepSettings(options, Date.now()));
}
