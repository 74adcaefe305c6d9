import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installClock, type MachineClock } from "./clock.js";
import { sequenceOf } from "./commands.js";
import { SEEDED_FAULTS } from "./faults.js";
import { ReferenceProduct } from "./reference.js";
import { RULES, type Rules } from "./reference-rules.js";
import { runSequence, type Failure } from "./run-sequence.js";

/** Seeds within which a fault must show. */
const SEEDS = 200;

let clock: MachineClock;
beforeAll(() => {
  clock = installClock(Date.now());
});
afterAll(() => {
  clock.uninstall();
});

/** The first failing seed and how it failed. */
async function firstFailure(rules: Rules, seeds: number): Promise<(Failure & { seed: number }) | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const failure = await runSequence(sequenceOf(seed), clock, new ReferenceProduct(rules));
    if (failure !== undefined) return { seed, ...failure };
  }
  return undefined;
}

describe("the model on a product in memory", () => {
  it("is satisfied by one that follows DESIGN", async () => {
    expect(await firstFailure(RULES, 24)).toBeUndefined();
  }, 120_000);
});

describe("and bites one", () => {
  it.each(SEEDED_FAULTS)(
    "that $name (rule $rule)",
    async ({ reference }) => {
      expect(await firstFailure({ ...RULES, ...reference }, SEEDS)).toBeDefined();
    },
    300_000,
  );
});
