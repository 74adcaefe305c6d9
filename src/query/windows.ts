import type { Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";

/** Statistics over a window, as arguments name them. */
export const WINDOW_STATISTICS = ["median", "mean", "sum"] as const;

/** A statistic over a window. */
export type WindowStatistic = (typeof WINDOW_STATISTICS)[number];

/** When a day is asked about: as it begins, when the day before it is the last that is known, or as it closes. */
export const AS_OF = ["open", "close"] as const;

/** {@link AS_OF} */
export type AsOf = (typeof AS_OF)[number];

/** A rule for windows. */
export interface WindowRule {
  /** Calendar days of a window, from 1. */
  days: number;
  statistic: WindowStatistic;
}

/** What notes and docs say of windows. */
export const WINDOW_NOTES = `A window is of calendar days and ends the day before (--as-of open: what was known when the day began), or on the
day (--as-of close). It begins no earlier than the contract's first day. A day without a bar, or without a trade, counts
as 0; the median of an even number of days is the mean of the two in the middle.`;

/** The last day of a window that a day asks for. */
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

/** The first day of a window of so many days: it begins no earlier than the contract. */
export function windowStart(days: number, end: Day, listed: Day): Day {
  return Math.max(listed, end - days + 1);
}

/**
 * The statistic of each window that ends on a day of a span: windows of calendar days which begin no earlier than the
 * contract. A window's value rests on its own days alone, whatever span it is asked in, to the last bit.
 *
 * @param series a value for each day from `first` on, 0 without a bar; it reaches from the first window's first day at
 * least to `ends.to`
 * @param first day of the first value
 * @param listed first day of the contract's life
 * @param ends last days of the windows, not before `listed`
 * @returns one value for each day of `ends`
 * @example
 * ```ts
 * // Listed on the second day: the window of the third day has two days.
 * windowStatistics(Float64Array.of(9, 4, 2), 100, 101, { from: 102, to: 102 }, { days: 3, statistic: "median" }); // [3]
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

/** The values of a window in ascending order, kept so as it slides: sorting each anew takes several times as long. */
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
   * Puts a value in place of one that is in it. Only those between the two move, one by one: a window has few, and moving
   * them by `copyWithin`, once for each of the two, took twice as long.
   */
  replace(before: number, value: number): void {
    const { values, count } = this;
    let place = this.placeOf(before);
    for (; place + 1 < count; place++) {
      const next = values[place + 1] ?? 0;
      if (next >= value) break;
      values[place] = next;
    }
    for (; place > 0; place--) {
      const previous = values[place - 1] ?? 0;
      if (previous <= value) break;
      values[place] = previous;
    }
    values[place] = value;
  }

  median(): number {
    const middle = this.count >> 1;
    const above = this.values[middle] ?? 0;
    return this.count % 2 === 1 ? above : ((this.values[middle - 1] ?? 0) + above) / 2;
  }

  /** The place of the first value that is not below. */
  private placeOf(value: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.values[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private reserve(count: number): void {
    if (count <= this.values.length) return;
    const larger = new Float64Array(Math.max(count, 2 * this.values.length));
    larger.set(this.values);
    this.values = larger;
  }
}
