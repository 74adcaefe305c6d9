import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Counters } from "../../src/rows/counters.js";
import { breakerOf } from "../../src/run/breaker.js";
import { BREAKER_CELLS } from "../../src/run/defaults.js";

function breakerWith(maxFailureRate: number, signal?: AbortSignal) {
  const counters = new Counters();
  let abandoned = 0;
  const breaker = breakerOf({ signal, maxFailureRate }, { counters, abandon: () => abandoned++ });
  const probe = (cells: number, failed: number) => {
    counters.add("cells", cells);
    counters.add("failed", failed);
  };
  return { breaker, probe, abandoned: () => abandoned };
}

describe("the breaker of a run", () => {
  it("opens when more cells have failed than the rate allows, of at least a minimum, and stays open", () => {
    const batch = fc
      .tuple(fc.nat(BREAKER_CELLS), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([cells, share]) => ({ cells, failed: Math.floor(cells * share) }));
    fc.assert(
      fc.property(fc.array(batch), fc.double({ min: 0, max: 1, noNaN: true }), (batches, rate) => {
        const { breaker, probe, abandoned } = breakerWith(rate);
        const sum = { cells: 0, failed: 0 };
        let opened = false;
        for (const { cells, failed } of batches) {
          probe(cells, failed);
          sum.cells += cells;
          sum.failed += failed;
          opened ||= sum.cells >= BREAKER_CELLS && sum.failed > rate * sum.cells;
          expect(breaker.shouldStop()).toBe(opened);
          expect(breaker.isOpen).toBe(opened);
        }
        expect(abandoned()).toBe(opened ? 1 : 0);
      }),
    );
  });

  it("stops a run whose signal is aborted, without opening", () => {
    const { breaker, abandoned } = breakerWith(0.5, AbortSignal.abort());
    expect(breaker.shouldStop()).toBe(true);
    expect(breaker.isOpen).toBe(false);
    expect(abandoned()).toBe(0);
  });
});
