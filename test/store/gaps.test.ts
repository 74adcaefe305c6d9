import fc from "fast-check";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gaps, lastFinalDay } from "../../src/store/gaps.js";
import { finalFrom } from "../../src/vision/finality.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, symbolUnit, writerFor } from "../support/store.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

const SYMBOLS = ["AUSDT", "BUSDT", "CUSDT"];
let folder: ReturnType<typeof temporaryFolder>;
let files = 0;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  folder.remove();
});
const writerForNew = () => writerFor(join(folder.path, `${files++}.duckdb`), SYMBOLS);

describe("gaps", () => {
  it("are the days without a final row, whatever was written", async () => {
    const cell = fc.constantFrom("none" as const, "provisional" as const, "final" as const);
    const history = fc.array(fc.array(cell, { minLength: 12, maxLength: 12 }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(history, fc.nat(11), fc.nat(11), async (symbols, a, b) => {
        const { store, writer } = await writerForNew();
        try {
          const units = symbols.flatMap((states, symbol) => {
            const cells = states.flatMap((state, offset) => {
              const day = D0 + offset;
              return state === "none"
                ? []
                : [{ day, size: 1, probedAt: finalFrom(DEFAULT_DATASET.finality, day) - (state === "final" ? 0 : 1) }];
            });
            return cells.length === 0 ? [] : [symbolUnit(symbol, cells)];
          });
          await writer.commit(units);
          const [from, to] = [D0 + Math.min(a, b), D0 + Math.max(a, b)];
          const found = await gaps(store, { symbols: [...SYMBOLS, "NEWUSDT"], from, to });
          const days = found.map((ranges) =>
            ranges.flatMap((range) => Array.from({ length: range.to - range.from + 1 }, (_, at) => range.from + at)),
          );
          const wanted = symbols.map((states) =>
            states.flatMap((state, offset) =>
              state === "final" || D0 + offset < from || D0 + offset > to ? [] : [D0 + offset],
            ),
          );
          expect(days).toEqual([...wanted, Array.from({ length: to - from + 1 }, (_, at) => from + at)]);
          for (const ranges of found) {
            ranges.slice(1).forEach((range, at) => {
              expect(range.from).toBeGreaterThan((ranges[at]?.to ?? Infinity) + 1);
            });
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe("lastFinalDay", () => {
  it("is the last day all of whose rows are final, however long ago", async () => {
    const { store, writer } = await writerForNew();
    expect(await lastFinalDay(store)).toBeUndefined();
    const day = (at: number, early: number) =>
      dayUnit(at, [
        { symbol: 0, size: 1, probedAt: finalFrom(DEFAULT_DATASET.finality, at) },
        { symbol: 1, size: 1, probedAt: finalFrom(DEFAULT_DATASET.finality, at) - early },
      ]);
    await writer.commit([day(D0, 0), day(D0 + 1, 0), day(D0 + 2, 1)]);
    expect(await lastFinalDay(store)).toBe(D0 + 1);
    await writer.commit(Array.from({ length: 60 }, (_, at) => day(D0 + 2 + at, 1)));
    expect(await lastFinalDay(store)).toBe(D0 + 1);
    await store.close();
  });
});
