import type { UpdateOptions } from "./options.js";
import type { Command } from "./plan.js";
import { run } from "./run.js";
import type { Run } from "./running.js";
import { updateSettings, type UpdateSettings } from "./settings.js";
import type { RunSummary } from "./summary.js";

/** The cells that are due, or all cells of the days that the options select. */
export const UPDATE: Command<UpdateSettings> = {
  name: "update",
  cells: ({ date, lookback }) => (date === undefined && lookback === undefined ? "due-except-dormant" : "all"),
};

/**
 * Brings the database up to date: probes every cell that is due, up to yesterday (UTC), or those of the days that the
 * options select. The whole past of a new symbol is due immediately. If the database has volumes, those of the run's
 * symbols are fetched too.
 *
 * @example
 * ```ts
 * try {
 *   const { rows_written, conditions } = await update({ db: "availability.duckdb" });
 * } catch (error) {
 *   if (error instanceof RunFailedError) console.error(error.summary.failures);
 *   else throw error;
 * }
 * ```
 *
 * @throws RunFailedError when a probe or a volume file failed or the signal was aborted, unless `reject` is false;
 * StoreError, DiscoveryError, ThreadError, UsageError, InterruptedError when there is no summary
 */
export function update(options: UpdateOptions): Run<RunSummary> {
  return run(UPDATE, () => updateSettings(options, Date.now()));
}
