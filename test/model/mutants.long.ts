import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { SEEDED_FAULTS } from "./faults.js";
import { makeMutant } from "./mutant.js";

/** Seeds within which the model must show a fault. */
const SEEDS = "200";
const COMMAND = fileURLToPath(new URL("command.cjs", import.meta.url));

/**
 * Each seeded fault in a copy of the product: the model must fail on it. Those of the reference alone are reported as
 * skipped.
 */
describe("the model bites a product", () => {
  it.each(SEEDED_FAULTS.filter(({ patches }) => patches.length > 0))("that $name (rule $rule)", async ({ patches }) => {
    const mutant = await makeMutant(patches);
    try {
      const { status, stdout } = spawnSync(process.execPath, [COMMAND, "--seeds", SEEDS], {
        env: { ...process.env, BFA_MODEL_DIST: mutant.dist },
        encoding: "utf8",
      });
      expect(stdout).toMatch(/model: \d+ seeds .* 1 failing/);
      expect(status).not.toBe(0);
    } finally {
      mutant.remove();
    }
  });

  it.skip.each(SEEDED_FAULTS.filter(({ patches }) => patches.length === 0))("that $name (rule $rule)", () => undefined);
});
