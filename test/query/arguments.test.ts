import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDay } from "../../src/calendar/day.js";
import {
  choice,
  day,
  daySpan,
  flag,
  integer,
  number,
  readArguments,
  required,
  symbol,
  text,
  tolerance,
  withDefault,
} from "../../src/query/arguments.js";

const ARGS = {
  date: required(day("a day")),
  minAge: integer("an age", { min: 0, max: 100 }),
  every: flag("every day"),
  contract: withDefault(choice("which", ["perpetual", "all"]), "perpetual"),
  symbol: symbol("a symbol"),
  note: text("a text"),
};

describe("arguments", () => {
  it("are read as values, and defaults are filled in", () => {
    expect(readArguments(ARGS, { date: "1970-01-02", minAge: 7 })).toEqual({
      ...{ date: 1, minAge: 7, every: false, contract: "perpetual", symbol: undefined, note: undefined },
    });
  });

  it.each([
    [{}, "date: must be given (a day)"],
    [{ date: "2024-02-30" }, 'date: "2024-02-30" is not a date; write YYYY-MM-DD'],
    [{ date: new Date(NaN) }, "date: Invalid Date is not a date; write YYYY-MM-DD"],
    [{ date: 5 }, "date: 5 is not a date; write YYYY-MM-DD"],
    [{ date: ["2024-01-01", "2024-01-02"] }, "date: given more than once"],
    [{ date: "2024-01-01", minAge: 101 }, "minAge: 101 is not a whole number from 0 to 100"],
    [{ date: "2024-01-01", minAge: 1.5 }, "minAge: 1.5 is not a whole number from 0 to 100"],
    [{ date: "2024-01-01", minAge: "7" }, 'minAge: "7" is not a whole number from 0 to 100'],
    [{ date: "2024-01-01", every: "yes" }, 'every: "yes" is neither true nor false'],
    [{ date: "2024-01-01", contract: "none" }, 'contract: "none" is not one of perpetual, all'],
    [{ date: "2024-01-01", symbol: "../x" }, 'symbol: "../x" is not a symbol (such as BTCUSDT)'],
    [{ date: "2024-01-01", note: " " }, 'note: " " is blank'],
    [{ date: "2024-01-01", qoute: "USDT" }, "qoute: no such argument; expected one of date, minAge,"],
    [{ date: "2024-01-01", toString: 1 }, "toString: no such argument"],
  ])("%j are refused by name", (given, message) => {
    expect(() => readArguments(ARGS, given)).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringContaining(message) as string }),
    );
  });

  it("of the command line become numbers if they are numbers", () => {
    expect(["7", "", "-7", "7.5", "x"].map((text) => ARGS.minAge.fromText(text))).toEqual([7, "", "-7", "7.5", "x"]);
    expect(["7", "7.5", "1e6", "x"].map((text) => number("a number", { min: 0, max: 9 }).fromText(text))).toEqual([
      ...[7, 7.5, 1e6, "x"],
    ]);
    expect(["", "7", "x"].map((text) => tolerance("exceptions").fromText(text))).toEqual([true, 7, "x"]);
    expect(ARGS.note.fromText("7")).toBe("7");
  });

  it("are named by the error too", () => {
    const read = () => readArguments(ARGS, { date: "2024-01-01", minAge: -1 });
    expect(read).toThrow(
      expect.objectContaining({ option: "minAge", reason: "-1 is not a whole number from 0 to 100" }),
    );
  });

  it("accept a `Date` from another realm", () => {
    const date: unknown = runInNewContext("new Date(86_400_000)");
    expect(date).not.toBeInstanceOf(Date);
    expect(readArguments(ARGS, { date }).date).toBe(1);
  });

  it("accept any day as a text and as any time of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 86_399_999 }), (date, ms) => {
        expect(readArguments(ARGS, { date: formatDay(date) }).date).toBe(date);
        expect(readArguments(ARGS, { date: new Date(date * 86_400_000 + ms) }).date).toBe(date);
      }),
    );
  });
});

it("a span is two days, one, or none", () => {
  expect(daySpan(undefined, undefined)).toBeUndefined();
  expect(daySpan(3, undefined)).toEqual({ from: 3, to: 3 });
  expect(daySpan(3, 5)).toEqual({ from: 3, to: 5 });
  expect(() => daySpan(5, 3)).toThrow("the first day is after the last");
  expect(() => daySpan(undefined, 3)).toThrow("the first date is missing");
});
