import { dayAt, formatDay } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { StoreFacts } from "../store/writer.js";
import type { UpdateOptions } from "./options.js";
import type { Command } from "./plan.js";
import { run } from "./run.js";
import { updateSettings, type UpdateSettings } from "./settings.js";
import { planStep } from "./source.js";
import type { RunSummary } from "./summary.js";

/** Days that an update of an empty file takes. */
const FIRST_DAYS = 3;
/** Days behind from which a backfill is the better way. */
const LONG_BEHIND_DAYS = 31;

/** The days after the last final one, each written whole. */
export const UPDATE: Command<UpdateSettings> = {
  name: "update",
  span: updateSpan,
  notice({ lookback }, { from, to }) {
    const days = to - from + 1;
    if (days <= LONG_BEHIND_DAYS || lookback !== undefined) return undefined;
    return `the file is ${days} days behind: a backfill from ${formatDay(from)} can be interrupted and resumed`;
  },
  steps: (settings, span, symbols) =>
    Promise.resolve([
      planStep(
        settings,
        symbols.map(() => [span]),
        "day",
      ),
    ]),
};

/**
 * Brings the file up to date: probes every day after the last final one up to yesterday (UTC), or the days that the
 * options choose, for every symbol, and writes each day whole with its counts.
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

/** The days of an update, from what the user asked for and what the file holds. */
export function updateSpan(
  { date, lookback, now }: Pick<UpdateSettings, "date" | "lookback" | "now">,
  { lastFinalDay }: Pick<StoreFacts, "lastFinalDay">,
): Span {
  const to = date ?? dayAt(now) - 1;
  if (lookback !== undefined) return { from: to - lookback + 1, to };
  if (date !== undefined) return { from: to, to };
  return { from: lastFinalDay === undefined ? to - FIRST_DAYS + 1 : lastFinalDay + 1, to };
}
