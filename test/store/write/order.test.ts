import fc from "fast-check";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBatch } from "../../../src/rows/batch.js";
import { PROBE_ROWS } from "../../../src/rows/columns.js";
import type { WholeUnit } from "../../../src/rows/unit.js";
import { LAYOUT, ORDER_IN_BLOCK } from "../../../src/store/layout.js";
import { maintain } from "../../../src/store/maintain.js";
import { fillBlocks, inFileOrder } from "../../../src/store/write/order.js";
import { temporaryFolder } from "../../support/database.js";
import { ask, writerFor } from "../../support/store.js";

const SYMBOLS = ["币USDT", "BTCUSDT", "AAVEUSDT", "ETHUSDT_SETTLED", "ETHUSDT"];
const FIRST = 19_000;

/** A symbol's rows of consecutive days; each day's flag says whether it has a file. */
function unit(key: number, from: number, flags: readonly boolean[]): WholeUnit {
  const rows = createBatch(PROBE_ROWS, flags.length);
  rows.count = flags.length;
  rows.columns.symbolIndex.fill(key);
  flags.forEach((isThere, at) => {
    rows.columns.day[at] = from + at;
    rows.columns.status[at] = isThere ? 200 : 404;
    rows.columns.size[at] = isThere ? 100 + at : 0;
    rows.columns.probedAt[at] = (from + at + 100) * 86_400_000;
  });
  return { source: "list", by: "symbol", key, rows };
}

const units = fc.uniqueArray(
  fc.record({
    key: fc.nat(SYMBOLS.length - 1),
    from: fc.integer({ min: FIRST, max: FIRST + 300 }),
    flags: fc.array(fc.boolean(), { minLength: 1, maxLength: 500 }),
  }),
  { selector: ({ key }) => key, minLength: 1 },
);

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  folder.remove();
});

describe("rows in the file's order", () => {
  it("are all rows, by block of days, file, symbol and day", () => {
    fc.assert(
      fc.property(units, (given) => {
        const wanted = given
          .flatMap(({ key, from, flags }) =>
            flags.map((isThere, at) => ({
              block: Math.floor((from + at) / LAYOUT.blockDays),
              missing: isThere ? 0 : 1,
              symbol: SYMBOLS[key] ?? "",
              day: from + at,
              size: isThere ? 100 + at : 0,
            })),
          )
          .sort(
            (a, b) =>
              a.block - b.block ||
              a.missing - b.missing ||
              Buffer.compare(Buffer.from(a.symbol), Buffer.from(b.symbol)) ||
              a.day - b.day,
          );
        const unordered = given.map(({ key, from, flags }) => unit(key, from, flags));
        const found = [];
        for (const { count, columns } of inFileOrder(PROBE_ROWS, unordered, SYMBOLS)) {
          for (let row = 0; row < count; row++) {
            found.push({
              block: Math.floor((columns.day[row] ?? 0) / LAYOUT.blockDays),
              missing: columns.status[row] === 200 ? 0 : 1,
              symbol: SYMBOLS[columns.symbolIndex[row] ?? -1] ?? "",
              day: columns.day[row],
              size: columns.size[row],
            });
          }
        }
        expect(found).toEqual(wanted);
      }),
    );
  });
});

describe("a commit that fills its blocks", () => {
  it("is ordered in the file as after a compaction, and none is made", async () => {
    const names = Array.from({ length: 60 }, (_, at) => `S${String(at).padStart(2, "0")}USDT`);
    const first = Math.ceil(FIRST / LAYOUT.blockDays) * LAYOUT.blockDays;
    const many = names.map((_, key) =>
      unit(
        key,
        first,
        Array.from({ length: 6 * LAYOUT.blockDays }, (_, at) => (at * 7 + key) % 11 > 3),
      ),
    );
    expect(fillBlocks(many)).toBe(true);
    expect(fillBlocks(many.slice(0, 40))).toBe(false);
    const { store, writer } = await writerFor(join(folder.path, "ordered.duckdb"), names);
    await writer.commit([...many].reverse());
    await writer.close();
    const inOrder = `SELECT count(*) FILTER (rowid <> place) FROM (
      SELECT rowid, row_number() OVER (
        ORDER BY (date - DATE '1970-01-01') // ${LAYOUT.blockDays}, ${ORDER_IN_BLOCK}) - 1 AS place FROM availability)`;
    expect(await ask(store, inOrder)).toEqual([["0"]]);
    expect(await maintain(store)).toBeUndefined();
    expect(
      await ask(
        store,
        "SELECT compacted_rows = (SELECT count(*) FROM availability), compacted_bytes > 0 FROM store_info",
      ),
    ).toEqual([[true, true]]);
    // A compaction would have replaced the file with another.
    expect(await ask(store, "SELECT database_name FROM duckdb_databases() WHERE database_name = 'compacted'")).toEqual(
      [],
    );
    await store.close();
  });
});
