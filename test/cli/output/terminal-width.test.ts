import { describe, expect, it } from "vitest";
import { terminalWidth } from "../../../src/cli/output/terminal-width.js";

describe("terminalWidth", () => {
  it.each([
    [{ columns: 80 }, 80],
    [{ columns: 0 }, undefined],
    [{}, undefined],
  ])("of %j is %s", (stream, width) => {
    expect(terminalWidth(stream)).toBe(width);
  });
});
