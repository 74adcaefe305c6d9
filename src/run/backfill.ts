import { InterruptedError } from "../errors.js";
import type { BackfillOptions } from "./options.js";
import { describePlan, makePlan, type Command, type RunPlan } from "./plan.js";
import { run, withThreads } from "./run.js";
import type { Run } from "./running.js";
import { backfillSettings, type BackfillSettings } from "./settings.js";
import type { RunSummary } from "./summary.js";

/** The due cells of a span of days, including those of dormant symbols. */
export const BACKFILL: Command<BackfillSettings> = {
  name: "backfill",
  cells: ({ refresh }) => (refresh ? "all" : "due"),
};

/**
 * Fills a span of days for every symbol. Cells that are already final are skipped, so it can be interrupted, killed and
 * run again until nothing is missing.
 *
 * @example
 * ```ts
 * const summary = await backfill({ db: "availability.duckdb", from: "2024-01-01", to: "2024-12-31" });
 * ```
 *
 * @throws RunFailedError when a probe failed or the signal was aborted, unless `reject` is false; StoreError,
 *   DiscoveryError, ThreadError, UsageError, InterruptedError when there is no summary
 */
export function backfill(options: BackfillOptions): Run<RunSummary> {
  return run(BACKFILL, () => backfillSettings(options, Date.now()));
}

/**
 * What {@link backfill} would do with the same options: the database is opened and the bucket's symbols may be listed,
 * but nothing is probed.
 *
 * @example
 * ```ts
 * const { steps } = await planBackfill({ db: "availability.duckdb", from: "2024-01-01" });
 * ```
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError, InterruptedError
 */
export function planBackfill(options: BackfillOptions): Run<RunPlan> {
  return withThreads(
    () => backfillSettings(options, Date.now()),
    async (settings, threads, emit) => {
      const plan = await makePlan(BACKFILL, settings, threads, emit);
      if (settings.signal?.aborted === true) {
        throw new InterruptedError("interrupted before the plan was made", { cause: settings.signal.reason });
      }
      return describePlan(BACKFILL.name, plan);
    },
  );
}
