import { createRequire } from "node:module";
import { join } from "node:path";
import type Client from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openAvailability, type Availability } from "../../src/open-availability.js";
import { LAYOUT } from "../../src/store/layout.js";
import { temporaryFolder } from "../support/database.js";
import { D0, symbolUnit, writerFor } from "../support/store.js";

// The product loads the client by `require`; imported, it would be another module.
const { DuckDBConnection, DuckDBPreparedStatement } = createRequire(import.meta.url)(
  "@duckdb/node-api",
) as typeof Client;

const SYMBOLS = ["AUSDT", "BUSDT"];
const DAYS = LAYOUT.blockDays + 20;
const DAY_WITHOUT_FILES = 100;

let folder: ReturnType<typeof temporaryFolder>;
let db: Availability;
beforeAll(async () => {
  folder = temporaryFolder();
  const file = join(folder.path, "statements.duckdb");
  const { store, writer } = await writerFor(file, SYMBOLS);
  const days = Array.from({ length: DAYS }, (_, offset) => ({
    day: D0 + offset,
    size: offset === DAY_WITHOUT_FILES ? 0 : 50_000,
  }));
  await writer.commit(SYMBOLS.map((_, symbol) => symbolUnit(symbol, days)));
  await store.close();
  db = await openAvailability(file);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await db.close();
  folder.remove();
});

it.each([
  ["a snapshot", () => db.snapshot({ date: "2024-03-20" }), () => db.snapshot({ date: "2024-03-21" })],
  [
    "a universe",
    () => db.universe({ date: "2024-06-20", minAge: 30 }),
    () => db.universe({ date: "2024-06-21", minAge: 30 }),
  ],
  ["a timeline", () => db.timeline({ symbol: "AUSDT" }), () => db.timeline({ symbol: "BUSDT" })],
  ["counts", () => db.counts(), () => db.counts()],
])("after a first one, %s runs one statement: its own rows", async (_, first, query) => {
  await first();
  expect(await statementsOf(query)).toBe(1);
});

/** The number of statements that a query runs. */
async function statementsOf(query: () => Promise<unknown>): Promise<number> {
  const runs = [vi.spyOn(DuckDBConnection.prototype, "run"), vi.spyOn(DuckDBPreparedStatement.prototype, "run")];
  await query();
  const count = runs.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  vi.restoreAllMocks();
  return count;
}
