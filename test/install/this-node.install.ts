import { afterAll, beforeAll, expect, it } from "vitest";
import { installByNpm, type InstalledPackage } from "../support/installed.js";
import { compileUse, COMPILED_AS } from "../support/user-types.js";
import { expectToWork } from "./expect-to-work.js";

let installed: InstalledPackage;
beforeAll(() => {
  installed = installByNpm();
});
afterAll(() => {
  installed.remove();
});

it("works as installed by npm", async () => {
  await expectToWork(installed, process.execPath);
});

it.each(COMPILED_AS)("has types that work for $name", (way) => {
  expect(compileUse(installed, way)).toBe("");
});
