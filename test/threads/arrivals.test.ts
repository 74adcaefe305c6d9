import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arrivals } from "../../src/threads/arrivals.js";

describe("Arrivals", () => {
  it("are complete immediately if none was promised", async () => {
    await new Arrivals().all();
  });

  it("are complete when the last promised one has come, in whatever order promises and messages come", async () => {
    const promises = fc.array(fc.nat(4), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(promises, fc.infiniteStream(fc.boolean()), async (counts, early) => {
        const arrivals = new Arrivals();
        let left = counts.reduce((sum, count) => sum + count, 0);
        for (const count of counts) {
          // Some come before the answer that promises them.
          for (let one = 0; one < count; one++) {
            if (!early.next().value) continue;
            arrivals.arrived();
            left--;
          }
          arrivals.promise(count);
        }
        let all = false;
        const waiting = arrivals.all().then(() => (all = true));
        for (; left > 0; left--) {
          await nextTurn();
          expect(all).toBe(false);
          arrivals.arrived();
        }
        await waiting;
      }),
      { numRuns: 50 },
    );
  });
});
