import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { SEEDED_FAULTS } from "./faults.js";
import { applied, makeMutant } from "./mutant.js";

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url).href.replace("/dist/", "/"));
const patch = { file: "calendar/day.ts", find: "DAY_MS = 86_400_000", replace: "DAY_MS = 43_200_000" };

it("a mutant is a copy of the product that runs with its fault", async () => {
  const mutant = await makeMutant([patch]);
  try {
    const day = (await import(pathToFileURL(`${mutant.dist}calendar/day.js`).href)) as { DAY_MS: number };
    const index = (await import(pathToFileURL(`${mutant.dist}index.js`).href)) as object;
    expect(day.DAY_MS).toBe(43_200_000);
    expect(index).toHaveProperty("update");
  } finally {
    mutant.remove();
  }
});

it("a patch whose text no longer exists is refused", async () => {
  await expect(makeMutant([{ ...patch, find: "DAY_MS = 1" }])).rejects.toThrow(RangeError);
});

it("at least ten faults can still be patched into the sources", () => {
  const patches = SEEDED_FAULTS.flatMap((fault) => fault.patches);
  for (const each of patches) applied(readFileSync(`${SOURCES}${each.file}`, "utf8"), each);
  expect(patches.length).toBeGreaterThanOrEqual(10);
});
