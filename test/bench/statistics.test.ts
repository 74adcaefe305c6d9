import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNoisy, pairRatios, quantile, spreadOf } from "../../bench/frame/statistics.js";

const values = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 40 });

/** The quantile by its definition: among n - 1 equal steps from the least to the greatest value, go that far. */
function naiveQuantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  let steps = share * (sorted.length - 1);
  let place = 0;
  while (steps >= 1) {
    steps--;
    place++;
  }
  const here = sorted[place] ?? NaN;
  return steps === 0 ? here : here * (1 - steps) + (sorted[place + 1] ?? NaN) * steps;
}

describe("statistics", () => {
  it("gives quartiles according to their definition", () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const spread = spreadOf(numbers);
        expect(spread.median).toBeCloseTo(naiveQuantile(numbers, 0.5), 6);
        expect(spread.q1).toBeCloseTo(naiveQuantile(numbers, 0.25), 6);
        expect(spread.q3).toBeCloseTo(naiveQuantile(numbers, 0.75), 6);
        expect(spread.min).toBe(Math.min(...numbers));
        expect(spread.max).toBe(Math.max(...numbers));
        expect(spread.values).toEqual(numbers);
      }),
    );
  });

  it("puts as many values below the median as above it", () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const { median } = spreadOf(numbers);
        const half = numbers.length / 2;
        expect(numbers.filter((value) => value < median).length).toBeLessThanOrEqual(half);
        expect(numbers.filter((value) => value > median).length).toBeLessThanOrEqual(half);
      }),
    );
  });

  it("agrees with NumPy", () => {
    // numpy.quantile([1, 2, 4, 8], [0.25, 0.5, 0.75, 1])
    expect([0.25, 0.5, 0.75, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1.75, 3, 5, 8]);
  });

  it("compares run by run, not median by median", () => {
    expect(pairRatios([10, 40, 90], [10, 20, 30])).toEqual([1, 2, 3]);
  });

  it("calls a median noisy when its interquartile range is wide", () => {
    expect(isNoisy(spreadOf([100, 101, 102, 103, 104]))).toBe(false);
    expect(isNoisy(spreadOf([100, 101, 130, 160, 200]))).toBe(true);
  });

  it("throws when there are no values", () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});
