import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChecksum } from "../../src/vision/checksum.js";

const NAME = "BTCUSDT-1d-2024-01.zip";
const digests = fc.string({ unit: fc.constantFrom(...Array.from("0123456789abcdef")), minLength: 64, maxLength: 64 });

describe("a checksum file", () => {
  it("gives its digest with or without a newline at the end", () => {
    fc.assert(
      fc.property(digests, fc.constantFrom("", "\n", "\r\n"), fc.constantFrom("  ", " *"), (digest, end, gap) => {
        expect(parseChecksum(`${digest}${gap}${NAME}${end}`, NAME)).toBe(digest);
        expect(parseChecksum(`${digest.toUpperCase()}${gap}${NAME}${end}`, NAME)).toBe(digest);
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["a digest alone", "a".repeat(64)],
    ["a short digest", `${"a".repeat(63)}  ${NAME}`],
    ["something that is not a digit", `${"g".repeat(64)}  ${NAME}`],
    ["two lines", `${"a".repeat(64)}  ${NAME}\n${"b".repeat(64)}  ${NAME}\n`],
    ["a page", "<html>404</html>"],
    ["the name of another file", `${"a".repeat(64)}  ETHUSDT-1d-2024-01.zip`],
  ])("that holds %s is refused", (_, text) => {
    expect(() => parseChecksum(text, NAME)).toThrow(expect.objectContaining({ code: "CHECKSUM_MALFORMED" }));
  });
});
