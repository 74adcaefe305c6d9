import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { windowSpan, windowStatistics, WINDOW_STATISTICS, type WindowStatistic } from "../../src/query/windows.js";

/** The definition, word for word: the calendar days of the window since the listing, one value each. */
function oracle(values: readonly number[], statistic: WindowStatistic): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (statistic === "sum") return sum;
  if (statistic === "mean") return sum / values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half)
    ? ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2
    : (sorted[Math.floor(half)] ?? NaN);
}

const volume = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }));

describe("window statistics", () => {
  it("are those of the calendar days since the listing, to the last bit", () => {
    fc.assert(
      fc.property(
        fc.array(volume, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom(...WINDOW_STATISTICS),
        fc.nat(),
        fc.nat(),
        (values, days, statistic, listing, start) => {
          const first = 1000;
          const last = first + values.length - 1;
          const listed = first + (listing % values.length);
          const from = listed + (start % (last - listed + 1));
          const found = windowStatistics(
            Float64Array.from(values),
            first,
            listed,
            { from, to: last },
            { days, statistic },
          );
          const expected = Array.from({ length: last - from + 1 }, (_, index) => {
            const window = windowSpan({ days }, from + index, listed);
            return window && oracle(values.slice(window.from - first, window.to - first + 1), statistic);
          });
          expect([...found]).toEqual(expected);
        },
      ),
    );
  });

  it("don't exist for a contract that is not listed by the end", () => {
    expect(windowSpan({ days: 30 }, 100, 101)).toBeUndefined();
    expect(windowSpan({ days: 30 }, 100, 100)).toEqual({ from: 100, to: 100 });
    expect(windowSpan({ days: 30 }, 100, 0)).toEqual({ from: 71, to: 100 });
  });
});
