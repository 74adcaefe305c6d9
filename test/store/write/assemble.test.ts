import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FAILED_STATUS, PROBE_ROWS } from "../../../src/rows/columns.js";
import { UnitAssembler } from "../../../src/store/write/assemble.js";
import { rowsOfCells, type Cell } from "../../support/store.js";

const plan = fc.record({
  by: fc.constantFrom("day" as const, "symbol" as const),
  units: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 }),
  others: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }),
  failing: fc.array(fc.nat(95), { maxLength: 5 }),
  order: fc.infiniteStream(fc.nat()),
  batch: fc.integer({ min: 1, max: 9 }),
});

describe("UnitAssembler", () => {
  it("gives each unit once, sorted, with the rows of all its cells except failed ones", () => {
    fc.assert(
      fc.property(plan, ({ by, units, others, failing, order, batch }) => {
        const cells = units.flatMap((key) =>
          others.map((other) => (by === "day" ? { day: key, symbol: other } : { symbol: key, day: other })),
        );
        const shuffled = cells
          .map((cell) => ({
            cell: { ...cell, size: 1 + cell.day * 100 + cell.symbol },
            at: order.next().value as number,
          }))
          .sort((a, b) => a.at - b.at)
          .map(({ cell }) => cell);
        const keyOf = (cell: Cell) => (by === "day" ? cell.day : cell.symbol);
        const failed = new Set(
          failing.map((index) => shuffled[index % shuffled.length]).filter((cell) => cell !== undefined),
        );
        const assembler = new UnitAssembler(PROBE_ROWS, {
          by,
          source: "head",
          expected: new Map(units.map((key) => [key, others.length])),
        });
        const whole = [];
        for (let start = 0; start < shuffled.length; start += batch) {
          const part = shuffled.slice(start, start + batch);
          const rows = rowsOfCells(part);
          part.forEach((cell, row) => {
            if (failed.has(cell)) rows.columns.status[row] = FAILED_STATUS;
          });
          assembler.add(rows);
          whole.push(...assembler.takeWhole());
        }
        const otherOf = (cell: Cell) => (by === "day" ? cell.symbol : cell.day);
        const answered = (key: number) =>
          shuffled.filter((cell) => keyOf(cell) === key && !failed.has(cell)).map(otherOf);
        expect(whole.map(({ key }) => key).sort()).toEqual(units.filter((key) => answered(key).length > 0).sort());
        for (const { key, rows } of whole) {
          const sorted = answered(key).sort((a, b) => a - b);
          const valuesOf = (column: ArrayLike<number>) => Array.from(column).slice(0, rows.count);
          expect(rows.count).toBe(sorted.length);
          expect(valuesOf(by === "day" ? rows.columns.symbolIndex : rows.columns.day)).toEqual(sorted);
          expect(valuesOf(rows.columns.size)).toEqual(
            sorted.map((other) => 1 + (by === "day" ? key * 100 + other : other * 100 + key)),
          );
        }
      }),
    );
  });

  it("throws on a unit that is not in the step", () => {
    const assembler = new UnitAssembler(PROBE_ROWS, { by: "day", source: "head", expected: new Map([[5, 1]]) });
    expect(() => {
      assembler.add(rowsOfCells([{ symbol: 0, day: 6, size: 1 }]));
    }).toThrow("day 6 is not a unit of the step");
  });

  it("throws on more cells than expected, even after the unit was complete or failed", () => {
    const assembler = new UnitAssembler(PROBE_ROWS, {
      by: "day",
      source: "head",
      expected: new Map([
        [5, 1],
        [6, 2],
      ]),
    });
    assembler.add(rowsOfCells([{ symbol: 0, day: 5, size: 1 }]));
    expect(() => {
      assembler.add(rowsOfCells([{ symbol: 1, day: 5, size: 1 }]));
    }).toThrow("has all of its 1 cells already");
    const failed = rowsOfCells([{ symbol: 0, day: 6, size: 0 }]);
    failed.columns.status[0] = FAILED_STATUS;
    assembler.add(failed);
    assembler.add(failed);
    expect(() => {
      assembler.add(failed);
    }).toThrow("has all of its 2 cells already");
  });
});
