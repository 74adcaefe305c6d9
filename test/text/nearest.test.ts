import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest } from "../../src/text/nearest.js";

describe("the nearest name", () => {
  it.each([
    // A swap of two letters is one typo.
    ["BTCUSTD", ["BTCBUSD", "BTCUSDC", "BTCUSDT"], "BTCUSDT"],
    ["quite", ["quote", "quiet"], "quiet"],
    // Few typos are in the first letter.
    ["fsh", ["bash", "zsh", "fish"], "fish"],
    ["snapsht", ["snapshot", "status"], "snapshot"],
    ["x", [], undefined],
    ["now", ["snapshot", "timeline"], undefined],
  ])("to %j of %j is %j", (word, names, found) => {
    expect(nearest(word, names)).toBe(found);
  });

  it("is found for the name itself and for any single typo in it, among names that differ more", () => {
    const word = fc.stringMatching(/^[a-f]{6,12}$/);
    const typo = (text: string, at: number) => [
      text,
      `${text.slice(0, at)}x${text.slice(at)}`,
      `${text.slice(0, at)}x${text.slice(at + 1)}`,
      text.slice(0, at) + text.slice(at + 1),
      `${text.slice(0, at)}${text[at + 1] ?? ""}${text[at] ?? ""}${text.slice(at + 2)}`,
    ];
    fc.assert(
      fc.property(word, fc.array(fc.stringMatching(/^[g-m]{6,12}$/)), fc.nat({ max: 5 }), (meant, others, at) => {
        for (const typed of typo(meant, at)) expect(nearest(typed, [...others, meant])).toBe(meant);
      }),
    );
  });
});
