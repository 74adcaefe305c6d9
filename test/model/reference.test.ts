import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installClock, type MachineClock } from "./clock.js";
import { sequenceOf } from "./commands.js";
import { SEEDED_FAULTS, seedsFor } from "./faults.js";
import { ReferenceProduct } from "./reference.js";
import { RULES, type Rules } from "./reference-rules.js";
import { runSequence, type Failure } from "./run-sequence.js";

/** Seeds that a correct product must pass here; `npm run model -- --reference` runs more. */
const SOUND_SEEDS = Array.from({ length: 4 }, (_, i) => i + 1);

let clock: MachineClock;
beforeAll(() => {
  clock = installClock(Date.now());
});
afterAll(() => {
  clock.uninstall();
});

/** The first failing seed and how it failed. */
async function firstFailure(rules: Rules, seeds: readonly number[]): Promise<(Failure & { seed: number }) | undefined> {
  for (const seed of seeds) {
    const failure = await runSequence(sequenceOf(seed), clock, new ReferenceProduct(rules));
    if (failure !== undefined) return { seed, ...failure };
  }
  return undefined;
}

describe("the model on a product in memory", () => {
  it("accepts one that follows the rules", async () => {
    expect(await firstFailure(RULES, SOUND_SEEDS)).toBeUndefined();
  });
});

describe("and catches one", () => {
  it.each(SEEDED_FAULTS)("that $name (rule $rule)", async (fault) => {
    expect(await firstFailure({ ...RULES, ...fault.reference }, seedsFor(fault))).toBeDefined();
  });
});
