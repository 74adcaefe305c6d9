import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { share } from "../../src/threads/prober-protocol.js";
import { cellsByUnit, countCells, headShards, listShards, type Cells } from "../../src/run/shards.js";
import type { Span } from "../../src/calendar/span.js";
import { PAGE_DAYS } from "../../src/vision/list-limits.js";
import type { HeadShard, ListShard } from "../../src/rows/shard.js";

/** Ascending, disjoint ranges with gaps of every size around a page. */
const ranges = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 900 })), { maxLength: 5 })
  .map((steps) => {
    const result: Span[] = [];
    let day = 18_000;
    for (const [gap, length] of steps) {
      result.push({ from: day + gap + 1, to: day + gap + length });
      day += gap + length;
    }
    return result;
  });
const anyCells: fc.Arbitrary<Cells> = fc.array(ranges, { maxLength: 12 });
const fewDays: fc.Arbitrary<Cells> = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 4 }))
  .map(([symbols, days]) => Array.from({ length: symbols }, () => [{ from: 20_000, to: 20_000 + days - 1 }]));

function cellNames(cells: Cells): string[] {
  return cells.flatMap((wanted, symbol) => wanted.flatMap((range) => days(range).map((day) => `${symbol} ${day}`)));
}

function shardCells(shards: Iterable<HeadShard | ListShard>): string[] {
  return [...shards].flatMap((shard) =>
    shard.type === "head"
      ? [...shard.symbolIndexes].map((symbol) => `${symbol} ${shard.day}`)
      : shard.spans.flatMap((span) => days(span).map((day) => `${shard.symbolIndex} ${day}`)),
  );
}

function days({ from, to }: Span): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

describe("shards", () => {
  it("contain every (symbol, day) exactly once, by HEAD", () => {
    fc.assert(
      fc.property(fc.oneof(anyCells, fewDays), fc.integer({ min: 1, max: 64 }), (cells, threads) => {
        expect(shardCells(headShards(cells, threads)).sort()).toEqual(cellNames(cells).sort());
      }),
      { numRuns: 60 },
    );
  });

  it("contain every (symbol, day) exactly once, by LIST", () => {
    fc.assert(
      fc.property(fc.oneof(anyCells, fewDays), fc.integer({ min: 1, max: 64 }), (cells, parallel) => {
        expect(shardCells(listShards(cells, parallel)).sort()).toEqual(cellNames(cells).sort());
      }),
      { numRuns: 60 },
    );
  });

  it("split a single symbol's history at dates a page apart", () => {
    const shards = [...listShards([[{ from: 0, to: 1199 }]], 8)];
    expect(shards.map(({ spans }) => spans)).toEqual([
      [{ from: 0, to: PAGE_DAYS - 1 }],
      [{ from: PAGE_DAYS, to: 2 * PAGE_DAYS - 1 }],
      [{ from: 2 * PAGE_DAYS, to: 1199 }],
    ]);
  });

  it("leave a history in one piece if there are enough symbols to list in parallel", () => {
    const cells = Array.from({ length: 8 }, () => [{ from: 0, to: 1199 }]);
    expect([...listShards(cells, 8)]).toHaveLength(8);
  });

  it("split a single day among all threads", () => {
    const cells = Array.from({ length: 10 }, () => [{ from: 5, to: 5 }]);
    expect([...headShards(cells, 3)].map(({ symbolIndexes }) => symbolIndexes.length)).toEqual([4, 4, 2]);
  });

  it("come in the order of days", () => {
    const shards = [...headShards([[{ from: 7, to: 9 }], [{ from: 1, to: 8 }]], 1)];
    const order = shards.map(({ day }) => day);
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe("cellsByUnit", () => {
  it("adds up to the cells, by day and by symbol", () => {
    fc.assert(
      fc.property(anyCells, fc.constantFrom("day" as const, "symbol" as const), (cells, by) => {
        const units = cellsByUnit(cells, by);
        expect([...units.values()].reduce((sum, count) => sum + count, 0)).toBe(countCells(cells));
        expect([...units.values()].every((count) => count > 0)).toBe(true);
      }),
    );
  });
});

describe("share", () => {
  it("splits a number exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 64 }), (total, parts) => {
        const shares = Array.from({ length: parts }, (_, i) => share(total, parts, i));
        expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
