import { dayAt } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { UpdateOptions } from "./options.js";
import type { Command } from "./plan.js";
import { run } from "./run.js";
import { updateSettings, type UpdateSettings } from "./settings.js";
import type { RunSummary } from "./summary.js";

/** The cells that are due; or all of the days that the options choose. */
export const UPDATE: Command<UpdateSettings> = {
  name: "update",
  span: updateSpan,
  cells: ({ date, lookback }) => (date === undefined && lookback === undefined ? "due-but-resting" : "all"),
};

/**
 * Brings the file up to date: probes every cell that is due, up to yesterday (UTC), or those of the days that the
 * options choose. The whole past of a symbol that the file did not know is due at once.
 *
 * Failed probes don't throw: look at `outcome` and `failures` of the summary.
 *
 * @example
 * ```ts
 * const { outcome, failures } = await update({ db: "availability.duckdb" });
 * if (outcome === "failed") console.error(failures);
 * ```
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export async function update(options: UpdateOptions): Promise<RunSummary> {
  return await run(UPDATE, updateSettings(options, Date.now()));
}

/** The days of an update: those that the user asked for, or every day up to yesterday. */
export function updateSpan({ date, lookback, dataset, now }: UpdateSettings): Span {
  const to = date ?? dayAt(now) - 1;
  if (lookback !== undefined) return { from: to - lookback + 1, to };
  return { from: date ?? dataset.firstPeriod, to };
}
