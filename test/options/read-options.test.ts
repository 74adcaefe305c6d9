import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.js";
import { checkFlag, checkText, checkWhole } from "../../src/options/checks.js";
import { optional, readOptions, withDefault } from "../../src/options/read-options.js";

const CHECKS = { out: checkText, limit: withDefault(checkWhole([1, 100]), 20), wide: optional(checkFlag) };

function refusalOf(options: unknown, parent?: string): unknown {
  try {
    readOptions(options, CHECKS, parent);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("options", () => {
  it("are checked, and defaults are filled in", () => {
    expect(readOptions({ out: "a" }, CHECKS)).toEqual({ out: "a", limit: 20, wide: undefined });
    expect(readOptions({ out: "a", limit: 1, wide: false }, CHECKS)).toEqual({ out: "a", limit: 1, wide: false });
  });

  it("that are undefined count as omitted", () => {
    expect(readOptions({ out: "a", limit: undefined, wide: undefined }, CHECKS)).toEqual(
      readOptions({ out: "a" }, CHECKS),
    );
    expect(refusalOf({ out: undefined })).toMatchObject({ option: "out" });
  });

  it.each([
    [{ out: "a", limt: 5 }, "limt", "there is no such option"],
    [{ out: "a", toString: 5 }, "toString", "there is no such option"],
    [{ out: "" }, "out", '"" is blank'],
    [{}, "out", "a string must be given"],
    [{ out: "a", limit: 0 }, "limit", "0 is not a whole number from 1 to 100"],
    [{ out: "a", wide: null }, "wide", "null is neither true nor false"],
  ])("with %j are refused by name", (options, option, reason) => {
    expect(refusalOf(options)).toMatchObject({ code: "USAGE", option, reason });
  });

  it("inside another option are named with it", () => {
    expect(refusalOf({ out: "a", limit: 0 }, "history")).toMatchObject({ option: "history.limit" });
    expect(refusalOf({ ouch: 1 }, "history")).toMatchObject({ option: "history.ouch" });
  });

  it("must be one object", () => {
    expect(refusalOf(undefined)).toMatchObject({ reason: "the options are missing: give them in one object" });
    expect(refusalOf("a")).toMatchObject({ reason: 'give the options in one object, not "a"' });
  });

  it("are read, or refused with a UsageError, whatever they are", () => {
    fc.assert(
      fc.property(fc.anything(), (options) => {
        const refusal = refusalOf(options);
        expect(refusal === undefined || refusal instanceof UsageError).toBe(true);
      }),
    );
  });
});
