import { dayAt, formatDay, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { UsageError } from "../errors.js";
import { orderedSpan } from "../options/checks.js";
import type { Dataset } from "../vision/dataset.js";

/** The first and the last day that the options of a run give, if any. */
interface GivenDays {
  from?: Day | undefined;
  to?: Day | undefined;
}

/**
 * The days of a run: by default from the first file to yesterday, and never before the market began.
 *
 * @param now ms since the Unix epoch
 * @throws UsageError when there are none
 */
export function runSpan({ marketStart, firstPeriod }: Dataset, now: number, { from, to }: GivenDays = {}): Span {
  const first = Math.max(from ?? firstPeriod, marketStart);
  const last = to ?? dayAt(now) - 1;
  if (first <= last) return { from: first, to: last };
  if (to === undefined) {
    const today = formatDay(dayAt(now));
    throw new UsageError(
      `the clock says ${today}, when ${formatDay(first)}, the first day to ask for, is not over yet`,
    );
  }
  if (from !== undefined) return orderedSpan(from, to);
  throw new UsageError(`${formatDay(to)} is before ${formatDay(first)}, the first day with a file`, { option: "to" });
}
