import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/probe/retry.js";
import { statusFailure } from "../../src/probe/outcome.js";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("backoffMs", () => {
  it("grows to ten seconds at most, with full jitter", () => {
    const failure = statusFailure(500, {});
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), random, (attempt, drawn) => {
        const delay = backoffMs(failure, attempt, drawn);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(10_000, 200 * 2 ** (attempt - 1)));
      }),
    );
    expect(backoffMs(failure, 1, 0.5)).toBe(100);
    expect(backoffMs(failure, 3, 0.5)).toBe(400);
  });

  it("waits at least as long as the server asks, a minute at most", () => {
    expect(backoffMs(statusFailure(503, { "retry-after": "7" }), 1, 0.5)).toBe(7100);
    expect(backoffMs(statusFailure(429, { "retry-after": "999999" }), 1, 0)).toBe(60_000);
  });

  it.each(["-1", "1.5", "soon", "", "Fri, 05 Mar 2021 10:12:13 GMT", "9".repeat(30)])("passes over %j", (wait) => {
    expect(backoffMs(statusFailure(503, { "retry-after": wait }), 1, 0)).toBe(0);
  });
});
