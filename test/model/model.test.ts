import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installClock, type MachineClock } from "./clock.js";
import { isRun, sequenceOf, type Command, type Sequence } from "./commands.js";
import { BuiltProduct } from "./driver.js";
import type { Product } from "./product.js";
import { ReferenceProduct } from "./reference.js";
import { runSequence, type Failure } from "./run-sequence.js";
import { shrink } from "./shrink.js";

/** The seeds of the suite: few, but with every kind of command, as a test below checks. */
const SUITE_SEEDS = [7886, 9427, 20434, 25631];

/**
 * The model on the product: these seeds in the suite, any number of seeds with `npm run model`.
 *
 * BFA_MODEL_SEEDS and BFA_MODEL_FROM choose the seeds, BFA_MODEL_SECONDS and BFA_MODEL_FAILURES limit the time and the
 * number of failing seeds, BFA_MODEL_SHRINK shortens failing sequences.
 */
const ASKED = process.env["BFA_MODEL_SEEDS"];
const FROM = Number(process.env["BFA_MODEL_FROM"] ?? "1");
const SEEDS = ASKED === undefined ? SUITE_SEEDS : Array.from({ length: Number(ASKED) }, (_, i) => FROM + i);
const SECONDS = Number(process.env["BFA_MODEL_SECONDS"] ?? "Infinity");
const FAILURES = Number(process.env["BFA_MODEL_FAILURES"] ?? "1");
const SHRINKS = process.env["BFA_MODEL_SHRINK"] !== undefined;
/** Long enough for a night of seeds. */
const TIMEOUT_MS = 24 * 3_600_000;

/** `reference` runs the product in memory instead, to find errors of the model itself. */
const newProduct = (): Product =>
  process.env["BFA_MODEL_PRODUCT"] === "reference" ? new ReferenceProduct() : new BuiltProduct();

let clock: MachineClock;
beforeAll(() => {
  clock = installClock(Date.now());
});
afterAll(() => {
  clock.uninstall();
});

describe("the product on a living bucket", () => {
  it("gets every kind of command in the seeds of the suite", () => {
    const [all, chosen] = [traitsOfSeeds(Array.from({ length: 500 }, (_, seed) => seed)), traitsOfSeeds(SUITE_SEEDS)];
    expect([...all].filter((trait) => !chosen.has(trait))).toEqual([]);
  });

  it("says what the oracle says, whatever happens", { timeout: TIMEOUT_MS }, async () => {
    const failing: string[] = [];
    const began = performance.now();
    let ran = 0;
    for (const seed of SEEDS) {
      if (failing.length >= FAILURES || performance.now() - began > SECONDS * 1000) break;
      ran++;
      const sequence = sequenceOf(seed);
      const failure = await runSequence(sequence, clock, newProduct());
      if (failure === undefined) continue;
      failing.push(await reportOf(sequence, failure));
      process.stdout.write(`${failing.at(-1) ?? ""}\n`);
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`model: ${ran} seeds from ${SEEDS[0]} in ${seconds} s, ${failing.length} failing\n`);
    expect(failing.join("\n\n")).toBe("");
  });
});

/** Traits of a command, without its numbers: `update by list`, `update locked`. */
function traitsOf(command: Command): string[] {
  const { do: name, ...rest } = command;
  if (name === "wait") return ["wait"];
  if (!isRun(command)) {
    const kinds = Object.entries(rest).filter(([key]) => key === "what" || key === "with");
    return [name, ...kinds.map(([, kind]) => `${name} ${kind}`)];
  }
  const { do: run, source, only = {}, skewHours = 0, ...options } = command;
  const clock = skewHours === 0 ? [] : [skewHours > 0 ? "fast" : "slow"];
  return [
    `${run} by ${source}`,
    ...[...Object.keys(only), ...Object.keys(options), ...clock].map((key) => `${run} ${key}`),
  ];
}

const traitsOfSeeds = (seeds: readonly number[]) =>
  new Set(seeds.flatMap((seed) => sequenceOf(seed).commands.flatMap(traitsOf)));

/** Description of a failing seed. */
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
