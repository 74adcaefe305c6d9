import { expect, it } from "vitest";
import { bounded } from "../../src/text/bounded.js";

it("keeps a message that is short", () => {
  expect(bounded("")).toBe("");
  expect(bounded("x".repeat(400))).toBe("x".repeat(400));
});

it("cuts off a longer message, but no character in two", () => {
  expect(bounded("x".repeat(401))).toBe(`${"x".repeat(400)}…`);
  expect(bounded(`${"x".repeat(399)}😀`)).toBe(`${"x".repeat(399)}…`);
  expect(bounded("😀".repeat(201))).toBe(`${"😀".repeat(200)}…`);
});
