import { describe, expect, it } from "vitest";
import { decodeCells, filesByDay, LETTERS } from "../../web/cells.js";
import { paint, type Painting } from "../../web/heat-map.js";
import type { MarketData } from "../../src/publish/page-data.js";

const market = {
  first_day: 100,
  last_day: 107,
  symbols: [
    { from: 100, cells: "a2h1a5" },
    { from: 102, cells: "f2u1l1" },
  ],
} as unknown as MarketData;

const matrix = decodeCells(market);
const letters = (row: number) =>
  [...matrix.cells.subarray(row * 8, row * 8 + 8)].map((state) => LETTERS[state]).join("");

/** Paints, and returns each pixel row as the letters of its colours; `.` is background. */
function painted(change: Partial<Painting>): string[] {
  const painting = {
    ...{ matrix, rows: [0, 1], top: 0, rowHeight: 1, fromColumn: 0, toColumn: 8, width: 8, height: 2 },
    ...{ palette: Uint32Array.from(LETTERS, (_, at) => at + 1), background: 0 },
    ...change,
  };
  const picture = new Uint32Array(painting.width * painting.height);
  paint(picture, painting);
  return Array.from({ length: painting.height }, (_, y) =>
    [...picture.subarray(y * painting.width, (y + 1) * painting.width)]
      .map((pixel) => (pixel === 0 ? "." : (LETTERS[pixel - 1] ?? "?")))
      .join(""),
  );
}

describe("cells of the page", () => {
  it("are read from their runs; a cell without one was not probed", () => {
    expect([letters(0), letters(1)]).toEqual(["aahaaaaa", "uuffuluu"]);
  });

  it("are counted by day", () => {
    expect(filesByDay(matrix, [0, 1])).toEqual([1, 1, 1, 2, 1, 2, 1, 1]);
  });
});

describe("the heat map", () => {
  it("has a pixel for each day if there is room", () => {
    expect(painted({})).toEqual(["aahaaaaa", "uuffuluu"]);
  });

  it("shows the most telling of several days", () => {
    expect(painted({ width: 4 })).toEqual(["ahaa", "uflu"]);
    expect(painted({ width: 1 })).toEqual(["h", "l"]);
  });

  it("repeats a day over several pixels", () => {
    expect(painted({ fromColumn: 2, toColumn: 4, width: 4 })).toEqual(["hhaa", "ffff"]);
  });

  it("shows the rows that are scrolled to, with a gap below tall ones", () => {
    expect(painted({ rowHeight: 2, top: 1, height: 4 })).toEqual(["aahaaaaa", "uuffuluu", "uuffuluu", "........"]);
    expect(
      painted({ rowHeight: 4, height: 8 })
        .map((line) => line[2])
        .join(""),
    ).toBe("hhh.fff.");
  });

  it("orders rows as told", () => {
    expect(painted({ rows: [1], height: 1 })).toEqual(["uuffuluu"]);
  });
});
