import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionOf, CONDITIONS, isAnswerable, worstCondition, type DayCells } from "../../src/vision/condition.js";

const FINAL: DayCells = {
  probed: 327,
  available: 300,
  due: 0,
  pending: 0,
  unknown: 0,
  empty: false,
  expected: 300,
  lacking: 0,
  listed: true,
};

const count = fc.nat(400);
const cells: fc.Arbitrary<DayCells> = fc
  .record({
    available: count,
    missing: count,
    due: count,
    pending: count,
    unknown: count,
    empty: fc.boolean(),
    expected: count,
    lacking: count,
    listed: fc.boolean(),
  })
  .map(({ available, missing, due, lacking, ...rest }) => ({
    ...rest,
    available,
    probed: available + missing,
    due: Math.min(due, available + missing),
    lacking: Math.min(lacking, missing, rest.expected),
  }));

describe("the condition of a day", () => {
  it.each<[string, Partial<DayCells>]>([
    ["final", {}],
    ["final", { available: 0 }],
    ["provisional", { due: 1 }],
    ["provisional", { pending: 3 }],
    ["provisional", { listed: false }],
    ["provisional", { probed: 0, available: 0, expected: 0, pending: 41 }],
    ["provisional", { due: 327, lacking: 4 }],
    ["provisional", { due: 327, expected: 1000, lacking: 40 }],
    ["partial", { probed: 1, available: 1, unknown: 326 }],
    ["unpublished", { due: 327, lacking: 15 }],
    ["unpublished", { due: 326, unknown: 1, lacking: 150 }],
    ["unpublished", { available: 0, due: 327, empty: true }],
    ["unpublished", { available: 0, empty: true }],
    // None of the admitted symbols was probed: a listing lacked them all, on a day on which no symbol had a file.
    ["unpublished", { probed: 0, available: 0, pending: 3, empty: true }],
    ["unwritten", { probed: 0, available: 0, unknown: 327 }],
    ["unwritten", { probed: 0, available: 0, expected: 0 }],
  ])("is %s for %j", (condition, some) => {
    expect(conditionOf({ ...FINAL, ...some })).toBe(condition);
  });

  it("is final only if nothing is due, pending or unknown", () => {
    fc.assert(
      fc.property(cells, (some) => {
        const isKnown = some.due + some.pending + some.unknown === 0 && some.listed && some.probed > 0;
        if (conditionOf(some) === "final") expect(isKnown).toBe(true);
      }),
    );
  });

  it("can be answered only if every cell was probed, or is known without a probe", () => {
    fc.assert(
      fc.property(cells, (some) => {
        if (isAnswerable(conditionOf(some))) expect(some.unknown).toBe(0);
      }),
    );
  });

  it("over many days is the worst of theirs", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CONDITIONS)), (some) => {
        const worst = worstCondition(some);
        for (const condition of some)
          expect(CONDITIONS.indexOf(condition)).toBeLessThanOrEqual(CONDITIONS.indexOf(worst));
        expect(some.length === 0 ? ["final"] : some).toContain(worst);
      }),
    );
  });
});
