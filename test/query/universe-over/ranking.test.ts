import fc from "fast-check";
import { expect, it } from "vitest";
import { ranking } from "../../../src/query/universe-over/ranking.js";

const SIZE = 40;
const day = fc.record({
  standings: fc.uint8Array({ minLength: SIZE, maxLength: SIZE, max: 1 }),
  // Few values, so that many are equal, or so many that none are.
  values: fc.oneof(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: SIZE, maxLength: SIZE }),
    fc.array(fc.double({ min: 0, noNaN: true }), { minLength: SIZE, maxLength: SIZE }),
  ),
});

it("an order that is updated day by day is the same as sorting each day", () => {
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 6 }), fc.boolean(), (days, isTurned) => {
      let before: Uint32Array | undefined;
      for (const [index, { standings, values: made }] of days.entries()) {
        // Reversing the order takes more moves than the update is willing to make.
        const values = Float64Array.from(isTurned ? made.map((_, place) => (index % 2 === 0 ? place : -place)) : made);
        const wanted = Array.from(standings.keys())
          .filter((place) => standings[place] === 1)
          .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
        before = ranking(standings, 1, values, before);
        expect([...before]).toEqual(wanted);
      }
    }),
  );
});
