import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { join } from "node:path";
import { openStore } from "../../../src/store/open.js";
import { NO_CHANGES } from "../../../src/store/write/changes.js";
import { UnitWriter } from "../../../src/store/write/commit.js";
import { DAY_MS, formatDay } from "../../../src/calendar/day.js";
import { fileKey, keyPath } from "../../../src/vision/object-key.js";
import { ENDPOINTS } from "../../../src/vision/endpoints.js";
import { temporaryFolder, WRONG_COUNTS } from "../../support/database.js";
import { ask, D0, dayUnit, LATE, symbolUnit, writerFor } from "../../support/store.js";
import { DEFAULT_DATASET } from "../../../src/vision/datasets/default.js";
import { propertyRuns } from "../../support/property-runs.js";

const SYMBOLS = ["BTCUSDT", "币安人生USDT", "ICPUSDT_SETTLED", "BTCUSDT_231229", "1000PEPEUSDT"];
let folder: ReturnType<typeof temporaryFolder>;
let files = 0;
const newFile = () => join(folder.path, `${files++}.duckdb`);

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  folder.remove();
});

const size = fc.constantFrom(0, 0, 8_000, 49_000);
const unit = fc.oneof(
  fc.record({ by: fc.constant("day" as const), key: fc.nat(6), sizes: fc.array(size, { minLength: 5, maxLength: 5 }) }),
  fc.record({
    by: fc.constant("symbol" as const),
    key: fc.nat(4),
    sizes: fc.array(size, { minLength: 7, maxLength: 7 }),
  }),
);

describe("UnitWriter", () => {
  it("any sequence of commits leaves the last answer for each cell, no duplicates, and counts that agree", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(unit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        async (commits) => {
          const { store, writer } = await writerFor(newFile(), SYMBOLS);
          try {
            const model = new Map<string, number>();
            for (const group of commits) {
              const by = group[0]?.by;
              const units = group.filter(
                (one, at) => one.by === by && group.findIndex((two) => two.key === one.key && two.by === by) === at,
              );
              await writer.commit(
                units.map(({ key, sizes }) =>
                  by === "day"
                    ? dayUnit(
                        D0 + key,
                        sizes.map((bytes, symbol) => ({ symbol, size: bytes })),
                      )
                    : symbolUnit(
                        key,
                        sizes.map((bytes, offset) => ({ day: D0 + offset, size: bytes })),
                      ),
                ),
              );
              for (const { key, sizes } of units) {
                sizes.forEach((bytes, other) => {
                  const [symbol, day] = by === "day" ? [other, D0 + key] : [key, D0 + other];
                  model.set(`${formatDay(day)} ${SYMBOLS[symbol] ?? ""}`, bytes);
                });
              }
            }
            const rows = await ask(
              store,
              "SELECT date || ' ' || symbol, coalesce(file_size_bytes, 0)::INTEGER FROM daily_availability",
            );
            expect(rows.length).toBe(model.size);
            expect(new Map(rows as [string, number][])).toEqual(model);
            expect(await ask(store, WRONG_COUNTS)).toEqual([["0"]]);
          } finally {
            await store.close();
          }
        },
      ),
      { numRuns: propertyRuns(4) },
    );
  });

  it("returns all eight columns of available and missing cells", async () => {
    const { store, writer } = await writerFor(newFile(), SYMBOLS);
    const uploaded = Date.UTC(2024, 2, 2, 9, 8, 7);
    await writer.commit([
      dayUnit(D0, [
        { symbol: 0, size: 0, probedAt: LATE + 123 },
        { symbol: 1, size: 49_321, lastModified: uploaded, probedAt: LATE + 4 },
      ]),
    ]);
    const answer = await store.connection.runAndReadAll("SELECT * FROM daily_availability ORDER BY available");
    const url = (symbol: string) => ENDPOINTS.download + keyPath(fileKey(DEFAULT_DATASET, symbol, D0));
    expect(answer.columnNames()).toEqual([
      ...["date", "symbol", "available", "file_size_bytes"],
      ...["last_modified", "url", "status_code", "probe_timestamp"],
    ]);
    expect(answer.getRowsJson()).toEqual([
      ["2024-03-01", "BTCUSDT", false, null, null, url("BTCUSDT"), 404, "2026-01-01 00:00:00.123"],
      [
        "2024-03-01",
        "币安人生USDT",
        true,
        "49321",
        "2024-03-02 09:08:07",
        url("币安人生USDT"),
        200,
        "2026-01-01 00:00:00.004",
      ],
    ]);
    await store.close();
  });

  it("running a day twice changes nothing but the probe times", async () => {
    const { store, writer } = await writerFor(newFile(), SYMBOLS);
    const cells = [
      { symbol: 0, size: 49_000 },
      { symbol: 1, size: 0 },
    ];
    await writer.commit([dayUnit(D0, cells)]);
    const table = "SELECT * EXCLUDE (probe_timestamp) FROM daily_availability ORDER BY symbol";
    const before = await ask(store, table);
    const later = cells.map((cell) => ({ ...cell, probedAt: LATE + DAY_MS }));
    const summary = await writer.commit([dayUnit(D0, later)]);
    expect(await ask(store, table)).toEqual(before);
    expect(await ask(store, "SELECT DISTINCT probe_timestamp FROM daily_availability")).toEqual([
      ["2026-01-02 00:00:00"],
    ]);
    expect(summary).toEqual({ unitsWritten: 1, rowsWritten: 2, changes: NO_CHANGES });
    await store.close();
  });

  it("journals changes of a believed answer, and nothing else", async () => {
    const { store, writer } = await writerFor(newFile(), SYMBOLS);
    const uploaded = Date.UTC(2024, 2, 2, 9);
    const early = (D0 + 3) * DAY_MS - 1;
    await writer.commit([
      dayUnit(D0, [
        { symbol: 0, size: 100, lastModified: uploaded, etag: 1, probedAt: LATE - 4 },
        { symbol: 1, size: 0, probedAt: early },
        { symbol: 2, size: 300, lastModified: uploaded, probedAt: LATE - 2 },
      ]),
      dayUnit(D0 + 1, [
        { symbol: 0, size: 100, lastModified: uploaded, probedAt: LATE - 4 },
        { symbol: 1, size: 0, probedAt: LATE - 3 },
        { symbol: 2, size: 0, probedAt: LATE + 1 },
      ]),
    ]);
    const { changes } = await writer.commit([
      dayUnit(D0, [
        { symbol: 0, size: 100, lastModified: uploaded, etag: 2 },
        { symbol: 1, size: 200, lastModified: uploaded },
        { symbol: 2, size: 0 },
      ]),
      dayUnit(D0 + 1, [
        { symbol: 0, size: 100, lastModified: uploaded, etag: 3 },
        { symbol: 1, size: 200, lastModified: uploaded },
        { symbol: 2, size: 200, lastModified: uploaded },
      ]),
    ]);
    // Not changes: a file that was published after an early probe, an ETag learnt for the first time, a probe from the
    // future.
    expect(changes).toEqual({ late: 1, replaced: 1, removed: 1 });
    const columns = "date, symbol, kind, old_size_bytes, new_size_bytes, old_etag >> 32, new_etag >> 32";
    expect(await ask(store, `SELECT ${columns} FROM changes ORDER BY date, symbol`)).toEqual([
      ["2024-03-01", "BTCUSDT", "replaced", "100", "100", "1", "2"],
      ["2024-03-01", "ICPUSDT_SETTLED", "removed", "300", null, null, null],
      ["2024-03-02", SYMBOLS[1], "late", null, "200", null, null],
    ]);
    expect(await ask(store, "SELECT DISTINCT old_seen_at < seen_at FROM changes")).toEqual([[true]]);
    await store.close();
  });

  it("keeps an ETag that a later probe of the same file does not give, and forgets that of another file", async () => {
    const { store, writer } = await writerFor(newFile(), SYMBOLS);
    const etags = () => ask(store, "SELECT etag >> 32 FROM availability ORDER BY symbol");
    const cells = [
      { symbol: 0, size: 100, etag: 7 },
      { symbol: 1, size: 100, etag: 8 },
    ];
    await writer.commit([dayUnit(D0, cells)]);
    await writer.commit([
      dayUnit(D0, [
        { symbol: 0, size: 100 },
        { symbol: 1, size: 101 },
      ]),
    ]);
    expect(await etags()).toEqual([["7"], [null]]);
    await store.close();
  });

  it("a commit that fails leaves the file as it was", async () => {
    const { store, writer } = await writerFor(newFile(), SYMBOLS);
    await writer.commit([dayUnit(D0, [{ symbol: 0, size: 100 }])]);
    await store.connection.run("ALTER TABLE units RENAME TO hidden");
    const again = [dayUnit(D0, [{ symbol: 0, size: 999 }]), dayUnit(D0 + 1, [{ symbol: 0, size: 1 }])];
    await expect(writer.commit(again)).rejects.toMatchObject({ code: "STORE_UNUSABLE" });
    expect(await ask(store, "SELECT date, file_size_bytes FROM daily_availability")).toEqual([["2024-03-01", "100"]]);
    expect(await ask(store, "SELECT count(*) FROM changes")).toEqual([["0"]]);
    expect(await ask(store, WRONG_COUNTS)).toEqual([["0"]]);
    await store.connection.run("ALTER TABLE hidden RENAME TO units");
    expect(await writer.commit(again)).toMatchObject({ unitsWritten: 2, changes: { replaced: 1 } });
    await store.close();
  });

  it("refuses units that could write a cell twice", async () => {
    const { store, writer } = await writerFor(newFile(), SYMBOLS);
    const day = dayUnit(D0, [{ symbol: 0, size: 1 }]);
    await expect(writer.commit([day, day])).rejects.toThrow("appears twice in one commit");
    await expect(writer.commit([day, symbolUnit(0, [{ day: D0, size: 1 }])])).rejects.toThrow("with units by day");
    const twice = dayUnit(D0, [
      { symbol: 0, size: 1 },
      { symbol: 0, size: 2 },
    ]);
    await expect(writer.commit([twice])).rejects.toThrow("rows out of order");
    await expect(writer.commit([{ ...day, key: D0 + 1 }])).rejects.toThrow("has a row of day");
    await expect(writer.commit([dayUnit(D0, [{ symbol: 9, size: 1 }])])).rejects.toThrow("unknown symbol");
    await expect(UnitWriter.create(store, { runId: 1, symbols: ["A", "A"] })).rejects.toThrow("appears twice");
    expect(await ask(store, "SELECT count(*) FROM daily_availability")).toEqual([["0"]]);
    await store.close();
  });

  it("journals units with their run", async () => {
    const file = newFile();
    const { store, writer } = await writerFor(file, SYMBOLS);
    await writer.commit([
      symbolUnit(1, [
        { day: D0, size: 1 },
        { day: D0 + 2, size: 0 },
      ]),
    ]);
    await writer.close();
    await store.close();
    const again = await openStore(file);
    expect(await ask(again, "SELECT * FROM units")).toEqual([
      [1, "list", "币安人生USDT", "2024-03-01", "2024-03-03", 2],
    ]);
    await again.close();
  });
});
