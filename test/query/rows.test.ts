import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRows } from "../../src/query/check-rows.js";
import { readRows } from "../../src/store/read-rows.js";
import { timeText } from "../../src/query/select.js";
import { textLiteral } from "../../src/store/instance.js";
import { openStore, type Store } from "../../src/store/open.js";
import { formatTime } from "../../src/calendar/time.js";
import { column, optionalColumn } from "../../src/text/columns.js";
import { temporaryFolder } from "../support/database.js";
import { propertyRuns } from "../support/property-runs.js";

describe("rows of a SELECT", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: Store;
  beforeAll(async () => {
    folder = temporaryFolder();
    store = await openStore(join(folder.path, "a.duckdb"));
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  it("are read by the names of their shape", async () => {
    const sql = "SELECT 'A', 3, NULL UNION ALL SELECT 'B', 4, true ORDER BY 1";
    expect(await readRows(store, sql, { symbol: "text", first: "day", there: "flag?" })).toEqual([
      { symbol: "A", first: 3, there: null },
      { symbol: "B", first: 4, there: true },
    ]);
  });

  it("have numbers for what DuckDB stores as days, times and integers", async () => {
    const sql = `SELECT DATE '1970-01-03', '1970-01-01 00:00:01.5'::TIMESTAMP_MS, '1969-12-31 23:59:59'::TIMESTAMP_S,
      -9007199254740991, 0.5::DOUBLE`;
    const shape = { day: "day", ms: "number", s: "number", whole: "number", part: "number" } as const;
    expect(await readRows(store, sql, shape)).toEqual([
      { day: 2, ms: 1500, s: -1000, whole: -9_007_199_254_740_991, part: 0.5 },
    ]);
  });

  it("have every text: short, long, repeated, beyond ASCII, stored or computed", async () => {
    const text = fc.oneof(
      fc.constantFrom("A", "", "twelve bytes", "thirteen byte", "ÄÖ€", "龙虾USDT"),
      fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0")),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { minLength: 1, maxLength: 30 }), async (texts) => {
        const list = `[${texts.map((text) => (text === null ? "NULL" : textLiteral(text))).join(", ")}]`;
        const sql = `SELECT t, t || ' and more' FROM (SELECT unnest(${list}::VARCHAR[]) AS t)`;
        expect(await readRows(store, sql, { stored: "text?", computed: "text?" })).toEqual(
          texts.map((text) => ({ stored: text, computed: text === null ? null : `${text} and more` })),
        );
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  it.each([
    ["SELECT 1", { symbol: "text" }, "symbol is INTEGER, not a text: SELECT 1"],
    ["SELECT NULL::INTEGER", { count: "number" }, "count is null, not a number: SELECT NULL::INTEGER"],
    ["SELECT 1::TINYINT", { count: "number?" }, "count is TINYINT, not a number"],
    ["SELECT 9007199254740993", { count: "number" }, "count is BIGINT, not a number"],
    ["SELECT 1, 2", { count: "number" }, "2 columns are not those of: SELECT 1, 2"],
  ] as const)("with %s are refused as %j", async (sql, shape, message) => {
    await expect(readRows(store, sql, shape)).rejects.toThrow(message);
  });
});

describe("rows of an answer", () => {
  const columns = {
    date: column("date", ""),
    time: optionalColumn("time", ""),
    count: column("count", ""),
    share: column("ratio", ""),
  };
  const row = { date: "2024-03-01", time: null, count: 1, share: 0.5 };

  it("that match their columns pass", () => {
    expect(() => {
      checkRows("q", columns, [row, { ...row, time: "2024-03-01T00:00:00Z" }]);
    }).not.toThrow();
  });

  it.each([
    [{ date: 19_000 }, "query q: date is 19000, not a date"],
    [{ date: "2024-03-01T" }, "query q: date is 2024-03-01T, not a date"],
    [{ time: new Date(0) }, "query q: time is "],
    [{ count: null }, "query q: count is null, not a count"],
    [{ count: -1 }, "query q: count is -1, not a count"],
    [{ share: 1.5 }, "query q: share is 1.5, not a ratio"],
    [{ count: undefined }, "query q: count is undefined, not a count"],
  ])("with %j fail, naming query, column and value", (wrong, message) => {
    expect(() => {
      checkRows("q", columns, [row, { ...row, ...wrong }]);
    }).toThrow(message);
  });
});

it("a time is written as everywhere else", () => {
  for (const ms of [0, 1, 999, 1000, 86_399_999, 86_400_000, 1_709_372_203_000, 1_709_372_203_250, -1000]) {
    expect(timeText(ms)).toBe(formatTime(ms));
  }
});
