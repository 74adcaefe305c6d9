import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CELL_STATES,
  cellLetter,
  eachRun,
  monthPath,
  symbolPath,
  toRuns,
  type CellLetter,
} from "../../src/publish/page-data.js";
import { dayOf } from "../../src/calendar/day.js";

const LETTERS = Object.keys(CELL_STATES) as CellLetter[];

describe("runs", () => {
  it("give the letters that they were made from", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...LETTERS)), (letters) => {
        const read: CellLetter[] = [];
        eachRun(toRuns(letters), (letter, length) => {
          read.push(...Array<CellLetter>(length).fill(letter));
        });
        expect(read).toEqual(letters);
      }),
    );
  });
});

describe("what the calendar shows for a cell", () => {
  const file = {
    available: true,
    size: 49_000,
    isTraded: undefined,
    isProvisional: false,
    isInLife: true,
    change: undefined,
  };
  const none = { ...file, available: false, size: 0 };
  it.each([
    ["available", file],
    ["flat", { ...file, size: 7_900 }],
    ["provisional", { ...file, isProvisional: true }],
    ["provisional", { ...file, isProvisional: true, size: 7_900 }],
    ["late", { ...file, change: "late", isProvisional: true }],
    ["replaced", { ...file, change: "replaced", size: 7_900 }],
    ["available", { ...file, change: "removed" }],
    ["available", { ...file, size: 7_900, isTraded: true }],
    ["flat", { ...file, isTraded: false }],
    ["hole", none],
    ["missing", { ...none, isInLife: false }],
    ["awaited", { ...none, isProvisional: true }],
    ["removed", { ...none, change: "removed" }],
    ["hole", { ...none, change: "late" }],
  ] as const)("is %s", (state, facts) => {
    expect(CELL_STATES[cellLetter(facts, 10_000)]).toBe(state);
  });
});

describe("paths of the data", () => {
  it("are names that every static host serves, one for each symbol", () => {
    expect(symbolPath("1000PEPEUSDC")).toBe("symbols/1000PEPEUSDC");
    expect(symbolPath("BTCUSDT_231229")).toBe("symbols/BTCUSDT_231229");
    expect(symbolPath("币USDT")).toBe("symbols/~E5~B8~81USDT");
    expect(symbolPath("btc")).toBe("symbols/~62~74~63");
    expect(monthPath(dayOf("2024-02-29"))).toBe("months/2024-02");
  });
});
