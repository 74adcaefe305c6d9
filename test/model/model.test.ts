import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installClock, type MachineClock } from "./clock.js";
import { sequenceOf, type Sequence } from "./commands.js";
import { BuiltProduct } from "./driver.js";
import type { Product } from "./product.js";
import { ReferenceProduct } from "./reference.js";
import { runSequence, type Failure } from "./run-sequence.js";
import { shrink } from "./shrink.js";

/**
 * The model on the product: some dozens of seeds in the suite, as many as one likes by `npm run model`.
 *
 * BFA_MODEL_SEEDS and BFA_MODEL_FROM choose the seeds, BFA_MODEL_SECONDS ends after a time, BFA_MODEL_FAILURES after so
 * many failing seeds; BFA_MODEL_SHRINK cuts each of them down.
 */
const SEEDS = Number(process.env["BFA_MODEL_SEEDS"] ?? "24");
const FROM = Number(process.env["BFA_MODEL_FROM"] ?? "1");
const SECONDS = Number(process.env["BFA_MODEL_SECONDS"] ?? "Infinity");
const FAILURES = Number(process.env["BFA_MODEL_FAILURES"] ?? "1");
const SHRINKS = process.env["BFA_MODEL_SHRINK"] !== undefined;
/** Against hanging: the seeds of the suite take half a minute. */
const TIMEOUT_MS = 24 * 3_600_000;

/** `reference` runs the product in memory instead, to find what the model itself has wrong. */
const newProduct = (): Product =>
  process.env["BFA_MODEL_PRODUCT"] === "reference" ? new ReferenceProduct() : new BuiltProduct();

let clock: MachineClock;
beforeAll(() => {
  clock = installClock(Date.now());
});
afterAll(() => {
  clock.uninstall();
});

describe("the product on a bucket that lives", () => {
  it("says what the oracle says, whatever happens", { timeout: TIMEOUT_MS }, async () => {
    const failing: string[] = [];
    const began = performance.now();
    let ran = 0;
    for (let seed = FROM; seed < FROM + SEEDS && failing.length < FAILURES; seed++) {
      if (performance.now() - began > SECONDS * 1000) break;
      ran++;
      const sequence = sequenceOf(seed);
      const failure = await runSequence(sequence, clock, newProduct());
      if (failure === undefined) continue;
      failing.push(await reportOf(sequence, failure));
      process.stdout.write(`${failing.at(-1) ?? ""}\n`);
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`model: ${ran} seeds from ${FROM} in ${seconds} s, ${failing.length} failing\n`);
    expect(failing.join("\n\n")).toBe("");
  });
});

/** A failing seed in words. */
async function reportOf(sequence: Sequence, failure: Failure): Promise<string> {
  const least = SHRINKS
    ? await shrink(sequence, failure, (candidate) => runSequence(candidate, clock, newProduct()))
    : { sequence, failure };
  const { violations, step } = least.failure;
  const lines = [
    `seed ${sequence.seed}, step ${step}: ${violations[0]?.rule ?? ""}`,
    ...violations.slice(0, 5).map(({ rule, message }) => `  ${rule}: ${message}`),
    ...(violations.length > 5 ? [`  and ${violations.length - 5} more`] : []),
  ];
  if (SHRINKS) {
    const { seed, symbols, days, pageKeys, commands } = least.sequence;
    lines.push(`  cut down: ${JSON.stringify({ seed, symbols, days, pageKeys })}`);
    lines.push(...commands.map((command) => `    ${JSON.stringify(command)}`));
  }
  return lines.join("\n");
}
