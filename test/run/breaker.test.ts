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

  describe("by LIST, where all cells of a symbol fail together", () => {
    const DAYS = 2500;
    const listing = (unitCount: number) => {
      const fakes = breakerWith(0.05);
      fakes.breaker.begin({ source: "list", unitCount });
      const fail = (symbolIndex: number) => {
        fakes.probe(DAYS, DAYS);
        fakes.breaker.fail(symbolIndex);
      };
      return { ...fakes, fail };
    };

    it.each([
      [1, 1],
      [20, 1],
      [60, 3],
      [700, 35],
    ])(
      "of %d symbols, %d may fail before the others are answered, and one more stops the run",
      (unitCount, allowed) => {
        const { breaker, fail } = listing(unitCount);
        for (let symbol = 0; symbol < allowed; symbol++) fail(symbol);
        expect(breaker.shouldStop()).toBe(false);
        fail(allowed);
        expect(breaker.shouldStop()).toBe(true);
      },
    );

    it("counts a symbol once, however many of its pages fail", () => {
      const { breaker, fail } = listing(60);
      for (let page = 0; page < 6; page++) fail(7);
      expect(breaker.shouldStop()).toBe(false);
    });

    it("goes on when single cells of many symbols fail", () => {
      const { breaker, probe } = listing(60);
      for (let symbol = 0; symbol < 60; symbol++) {
        probe(DAYS, 1);
        breaker.fail(symbol);
      }
      expect(breaker.shouldStop()).toBe(false);
    });

    it("leaves the HEADs that follow to be judged by themselves", () => {
      const { breaker, fail, probe } = listing(20);
      fail(0);
      breaker.begin({ source: "head", unitCount: 30 });
      expect(breaker.shouldStop()).toBe(false);
      probe(BREAKER_CELLS, BREAKER_CELLS);
      breaker.fail(1);
      expect(breaker.shouldStop()).toBe(true);
    });
  });

  it("stops a run whose signal is aborted, without opening", () => {
    const { breaker, abandoned } = breakerWith(0.5, AbortSignal.abort());
    expect(breaker.shouldStop()).toBe(true);
    expect(breaker.isOpen).toBe(false);
    expect(abandoned()).toBe(0);
  });
});
