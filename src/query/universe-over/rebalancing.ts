import { formatDay, type Day } from "../../calendar/day.js";
import type { Span } from "../../calendar/span.js";

/** How often a universe is rebalanced. */
export const REBALANCINGS = ["daily", "weekly", "monthly", "quarterly"] as const;

/** {@link REBALANCINGS} */
export type Rebalancing = (typeof REBALANCINGS)[number];

/** 1970-01-05, a Monday. */
const A_MONDAY = 4;

/** Whether a day is a rebalancing day. */
const IS_REBALANCING: Readonly<Record<Rebalancing, (day: Day) => boolean>> = {
  daily: () => true,
  weekly: (day) => (day - A_MONDAY) % 7 === 0,
  monthly: (day) => formatDay(day).endsWith("-01"),
  quarterly: (day) => /-(?:01|04|07|10)-01$/.test(formatDay(day)),
};

/**
 * The rebalancing days in a span: every day, Mondays, or the first of each month or quarter.
 *
 * @example
 * ```ts
 * rebalancingDays({ from: dayOf("2024-01-15"), to: dayOf("2024-03-15") }, "monthly"); // 2024-02-01 and 2024-03-01
 * ```
 */
export function rebalancingDays({ from, to }: Span, rebalancing: Rebalancing): Day[] {
  const isRebalancing = IS_REBALANCING[rebalancing];
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset).filter(isRebalancing);
}
