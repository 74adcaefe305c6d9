import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAvailability, type Availability } from "../../src/open-availability.js";
import { temporaryFolder } from "../support/database.js";
import { D0, symbolUnit, writerFor } from "../support/store.js";

const SYMBOLS = ["AUSDT", "BUSDC", "BACKUSDT"];
/** Offsets of the days without a file, of 80. */
const MISSING = [
  [0, 5, 6, 7, 20, 78, 79],
  [6, 7],
  [12, ...Array.from({ length: 30 }, (_, day) => 30 + day)],
];

let folder: ReturnType<typeof temporaryFolder>;
let db: Availability;
beforeAll(async () => {
  folder = temporaryFolder();
  const file = join(folder.path, "holes.duckdb");
  const { store, writer } = await writerFor(file, SYMBOLS);
  const days = Array.from({ length: 80 }, (_, offset) => offset);
  await writer.commit(
    MISSING.map((missing, symbol) =>
      symbolUnit(
        symbol,
        days.map((offset) => ({ day: D0 + offset, size: missing.includes(offset) ? 0 : 50_000 })),
      ),
    ),
  );
  await store.close();
  db = await openAvailability(file);
});
afterAll(async () => {
  await db.close();
  folder.remove();
});

describe("query holes", () => {
  it("gives the missing days inside lives as spans, by symbol", async () => {
    expect((await db.holes()).rows).toEqual([
      { symbol: "AUSDT", from_date: "2024-03-06", to_date: "2024-03-08", days: 3 },
      { symbol: "AUSDT", from_date: "2024-03-21", to_date: "2024-03-21", days: 1 },
      { symbol: "BACKUSDT", from_date: "2024-03-13", to_date: "2024-03-13", days: 1 },
      { symbol: "BUSDC", from_date: "2024-03-07", to_date: "2024-03-08", days: 2 },
    ]);
  });

  it("gives them by day, with the symbols of each", async () => {
    expect((await db.holes({ by: "day" })).rows).toEqual([
      { date: "2024-03-06", symbol_count: 1, symbols: ["AUSDT"] },
      { date: "2024-03-07", symbol_count: 2, symbols: ["AUSDT", "BUSDC"] },
      { date: "2024-03-08", symbol_count: 2, symbols: ["AUSDT", "BUSDC"] },
      { date: "2024-03-13", symbol_count: 1, symbols: ["BACKUSDT"] },
      { date: "2024-03-21", symbol_count: 1, symbols: ["AUSDT"] },
    ]);
  });

  it("filters by quote asset", async () => {
    expect((await db.holes({ quote: "USDC" })).rows).toHaveLength(1);
  });
});
