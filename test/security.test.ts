import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../", import.meta.url);

it("SECURITY.md names an existing test for every promise", () => {
  const promised = readFileSync(new URL("SECURITY.md", root), "utf8").split("What is not promised:")[0] ?? "";
  const rows = promised.split("\n").filter((line) => line.startsWith("| "));
  const tests = rows.slice(2).map((row) => /`(test\/[^`]+\.test\.ts)` +\|$/.exec(row)?.[1]);
  expect(tests.length).toBeGreaterThan(10);
  expect(tests.filter((file) => file === undefined || !existsSync(new URL(file, root)))).toEqual([]);
});
