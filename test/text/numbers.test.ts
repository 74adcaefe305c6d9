import fc from "fast-check";
import { expect, it } from "vitest";
import { number, plural } from "../../src/text/numbers.js";

it("writes numbers with separators and at most three decimals, as Intl does", () => {
  const thousandths = fc.maxSafeInteger().map((count) => count / 1000);
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), thousandths), (value) => {
      expect(number(value)).toBe(value.toLocaleString("en-US"));
    }),
  );
  expect([12_345.678_9, 0.0004, 999.9999, -1234.5].map(number)).toEqual(["12,345.679", "0", "1,000", "-1,234.5"]);
});

it("writes a count with its noun", () => {
  expect([0, 1, 2, 1000].map((count) => plural(count, "day"))).toEqual(["0 days", "1 day", "2 days", "1,000 days"]);
  expect([1, 2].map((count) => plural(count, "entry", "entries"))).toEqual(["1 entry", "2 entries"]);
});
