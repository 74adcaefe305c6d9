import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BATCH_ROWS, type Batch } from "../../src/rows/batch.js";
import { CELL_COLUMNS, FAILED_STATUS, type Row, type RowKind } from "../../src/rows/columns.js";
import { UnitAssembler } from "../../src/store/write/assemble.js";
import { Stage } from "../../src/store/write/stage.js";
import { checkUnits } from "../../src/store/write/units.js";
import { BatchSender } from "../../src/threads/batch-sender.js";

/** What a second dataset could bring: nothing in the product knows it. */
const KLINE_ROWS = {
  ...CELL_COLUMNS,
  open: "float64",
  close: "float64",
  quoteVolume: "float64",
  count: "uint32",
  change: "int32",
} as const satisfies RowKind;

type Kline = Row<typeof KLINE_ROWS>;
type KlineBatch = Batch<typeof KLINE_ROWS>;

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Sends rows through a port, as a prober does, and returns the batches that arrive. */
async function overPort(rows: readonly Kline[]): Promise<KlineBatch[]> {
  const { port1, port2 } = new MessageChannel();
  const batches: KlineBatch[] = [];
  let arrived = 0;
  const sender = new BatchSender(KLINE_ROWS, port1);
  const all = new Promise<void>((resolve) => {
    port2.on("message", (batch: KlineBatch) => {
      batches.push(batch);
      port2.postMessage({ credits: 1 });
      arrived += batch.count;
      if (arrived === rows.length) resolve();
    });
  });
  for (const row of rows) sender.add(row);
  sender.flush();
  await all;
  const closed = once(port2, "close");
  port1.close();
  await closed;
  return batches;
}

const price = fc.double({ min: 0, max: 1e9, noNaN: true });
const values = fc.record({
  open: price,
  close: price,
  quoteVolume: price,
  count: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  change: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
});

describe("a second kind of row", () => {
  it("leaves the stage as it entered it, unit by unit and in order", async () => {
    const some = fc.record({
      by: fc.constantFrom("day" as const, "symbol" as const),
      symbolIndexes: fc.uniqueArray(fc.nat(2 ** 32 - 1), { minLength: 1, maxLength: 6 }),
      days: fc.uniqueArray(fc.integer({ min: -20_000, max: 40_000 }), { minLength: 1, maxLength: 6 }),
      values: fc.infiniteStream(values),
      order: fc.infiniteStream(fc.nat()),
      failing: fc.option(fc.nat(), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(some, async ({ by, symbolIndexes, days, values, order, failing }) => {
        const next = () => values.next().value as Omit<Kline, "symbolIndex" | "day" | "status">;
        const rows = symbolIndexes
          .flatMap((symbolIndex) => days.map((day) => ({ symbolIndex, day, status: 200, ...next() })))
          .map((row) => ({ row, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ row }) => row);
        const broken = failing === undefined ? undefined : rows[failing % rows.length];
        if (broken !== undefined) broken.status = FAILED_STATUS;

        const [keys, others] = by === "day" ? [days, symbolIndexes] : [symbolIndexes, days];
        const expected = new Map(keys.map((key) => [key, others.length]));
        const assembler = new UnitAssembler(KLINE_ROWS, { by, source: "head", expected });
        for (const batch of await overPort(rows)) assembler.add(batch);
        const units = assembler.takeWhole();
        checkUnits(units, 2 ** 32);

        const stage = new Stage(connection, KLINE_ROWS);
        await stage.reset();
        await stage.append(units.map((unit) => unit.rows));
        const staged = await connection.runAndReadAll(
          `SELECT symbol_index, day, status, open, close, quote_volume, "count", change FROM stage`,
        );
        const keyOf = (row: Kline) => (by === "day" ? row.day : row.symbolIndex);
        const otherOf = (row: Kline) => (by === "day" ? row.symbolIndex : row.day);
        const answered = rows.filter((row) => row !== broken);
        const wanted = units.flatMap(({ key }) =>
          answered.filter((row) => keyOf(row) === key).sort((a, b) => otherOf(a) - otherOf(b)),
        );
        expect(staged.getRows()).toEqual(
          wanted.map((row) => Object.keys(KLINE_ROWS).map((name) => row[name as keyof Kline])),
        );
        const whole = keys.filter((key) => answered.some((row) => keyOf(row) === key));
        expect(new Set(units.map(({ key }) => key))).toEqual(new Set(whole));
      }),
      { numRuns: 60 },
    );
  });

  it("arrives in several batches if there are many", async () => {
    const rows = Array.from({ length: BATCH_ROWS * 2 + 1 }, (_, day) => ({
      ...{ symbolIndex: 3, day, status: 200 },
      ...{ open: day / 3, close: day / 7, quoteVolume: day * 1e6, count: day, change: -day },
    }));
    const batches = await overPort(rows);
    expect(batches.map(({ count }) => count)).toEqual([BATCH_ROWS, BATCH_ROWS, 1]);
    const stage = new Stage(connection, KLINE_ROWS);
    await stage.reset();
    await stage.append(batches);
    const sums = await connection.runAndReadAll(
      "SELECT count(*)::INTEGER, sum(day)::INTEGER, sum(change)::INTEGER FROM stage",
    );
    const total = (BATCH_ROWS * 2 * (BATCH_ROWS * 2 + 1)) / 2;
    expect(sums.getRows()).toEqual([[rows.length, total, -total]]);
  });
});
