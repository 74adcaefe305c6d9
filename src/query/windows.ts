import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";

/** Statistics over a window. */
export const WINDOW_STATISTICS = ["median", "mean", "sum"] as const;

/** A statistic over a window. */
export type WindowStatistic = (typeof WINDOW_STATISTICS)[number];

/** The point of view of a day: at its open, when only the days before it are known, or at its close. */
export const AS_OF = ["open", "close"] as const;

/** {@link AS_OF} */
export type AsOf = (typeof AS_OF)[number];

/** A rule for windows. */
export interface WindowRule {
  /** Calendar days of a window, from 1. */
  days: number;
  statistic: WindowStatistic;
}

/** Explains windows in notes and docs. */
export const WINDOW_NOTES = `A window consists of calendar days and ends on the day before (--as-of open: what was known when the day began) or on
the day itself (--as-of close). It begins no earlier than the contract's first day. A day without a bar or without trades
counts as 0; the median of an even number of days is the mean of the middle two.`;

/** The last day of the window for a day. */
export function windowEnd(day: Day, asOf: AsOf): Day {
  return asOf === "open" ? day - 1 : day;
}

/**
 * The days of a window.
 *
 * @param end its last day
 * @param listed first day of the contract's life; a window begins no earlier
 * @returns undefined when the contract was not listed by the end of the window
 */
export function windowSpan({ days }: Pick<WindowRule, "days">, end: Day, listed: Day): Span | undefined {
  return listed > end ? undefined : { from: windowStart(days, end, listed), to: end };
}

/** The first day of a window of `days` days: it begins no earlier than the contract. */
export function windowStart(days: number, end: Day, listed: Day): Day {
  return Math.max(listed, end - days + 1);
}

/**
 * The statistic of each window that ends on a day of a span. Windows consist of calendar days and begin no earlier than
 * the contract. A window's value depends only on its own days: to the last bit, it is the same for every requested span.
 *
 * @param series one value for each day from `first`, 0 without a bar; must cover the first window's first day to
 *   `ends.to`
 * @param first day of the first value
 * @param listed first day of the contract's life
 * @param ends last days of the windows, not before `listed`
 * @returns one value for each day of `ends`
 * @example
 * ```ts
 * // Listed on the second day: the window of the third day has two days, and the result is [3].
 * windowStatistics(Float64Array.of(9, 4, 2), 100, 101, { from: 102, to: 102 }, { days: 3, statistic: "median" });
 * ```
 */
export function windowStatistics(
  series: Float64Array,
  first: Day,
  listed: Day,
  ends: Span,
  { days, statistic }: WindowRule,
): Float64Array {
  const values = new Float64Array(Math.max(0, ends.to - ends.from + 1));
  const sorted = new SortedWindow();
  let next: Day | undefined;
  for (let end = ends.from; end <= ends.to; end++) {
    const from = windowStart(days, end, listed);
    if (statistic === "median") {
      const value = series[end - first] ?? 0;
      if (next === undefined) sorted.fill(series.subarray(from - first, end - first + 1));
      else if (from > next) sorted.replace(series[next - first] ?? 0, value);
      else sorted.add(value);
      next = from;
      values[end - ends.from] = sorted.median();
    } else {
      let sum = 0;
      for (let place = from - first; place <= end - first; place++) sum += series[place] ?? 0;
      values[end - ends.from] = statistic === "sum" ? sum : sum / (end - from + 1);
    }
  }
  return values;
}

/** The values of a sliding window, kept in ascending order: sorting every window takes several times as long. */
class SortedWindow {
  private values = new Float64Array(64);
  private count = 0;

  fill(values: Float64Array): void {
    this.reserve(values.length);
    this.values.set(values);
    this.count = values.length;
    this.values.subarray(0, this.count).sort();
  }

  add(value: number): void {
    this.reserve(this.count + 1);
    this.values[this.count] = Infinity;
    this.count++;
    this.replace(Infinity, value);
  }

  /**
   * Replaces one of its values. The values between the two move one by one from the end at which the search begins: a
   * window has few, and a binary search or two calls of `copyWithin` take longer.
   */
  replace(before: number, value: number): void {
    const { values, count } = this;
    if (value > before) {
      let place = 0;
      while ((values[place] ?? 0) < before) place++;
      for (; place + 1 < count && (values[place + 1] ?? 0) < value; place++) values[place] = values[place + 1] ?? 0;
      values[place] = value;
    } else {
      let place = count - 1;
      while ((values[place] ?? 0) > before) place--;
      for (; place > 0 && (values[place - 1] ?? 0) > value; place--) values[place] = values[place - 1] ?? 0;
      values[place] = value;
    }
  }

  median(): number {
    const middle = this.count >> 1;
    const above = this.values[middle] ?? 0;
    return this.count % 2 === 1 ? above : ((this.values[middle - 1] ?? 0) + above) / 2;
  }

  private reserve(count: number): void {
    if (count <= this.values.length) return;
    const larger = new Float64Array(Math.max(count, 2 * this.values.length));
    larger.set(this.values);
    this.values = larger;
  }
}
