import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { makeMutant } from "./mutant.js";

const patch = { file: "calendar/day.js", find: "DAY_MS = 86_400_000", replace: "DAY_MS = 43_200_000" };

it("a mutant is a copy of the built product that runs with its fault", async () => {
  const mutant = makeMutant([patch]);
  try {
    const day = (await import(pathToFileURL(`${mutant.dist}calendar/day.js`).href)) as { DAY_MS: number };
    const index = (await import(pathToFileURL(`${mutant.dist}index.js`).href)) as object;
    expect(day.DAY_MS).toBe(43_200_000);
    expect(index).toHaveProperty("update");
  } finally {
    mutant.remove();
  }
});

it("a patch whose text has gone is refused", () => {
  expect(() => makeMutant([{ ...patch, find: "DAY_MS = 1" }])).toThrow(RangeError);
});
