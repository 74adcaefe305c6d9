import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS, dayOf } from "../../src/calendar/day.js";
import { cellsOfSymbol } from "../../src/store/cells.js";
import { dayRows, type DayRows } from "../../src/store/day-rows.js";
import { LAYOUT } from "../../src/store/layout.js";
import { openStore, type Store } from "../../src/store/open.js";
import { allUnsettledDays, storeUnsettledDays, storedUnsettledDays } from "../../src/store/unsettled-days.js";
import { temporaryFolder } from "../support/database.js";
import { propertyRuns } from "../support/property-runs.js";

const FROM = dayOf("2024-01-01");
const DAYS = 2 * LAYOUT.blockDays + 20;
const TO = FROM + DAYS - 1;
const SYMBOLS = ["AUSDT", "AUSDTSETTLED", "BUSDT", "CUSDT"];
const NOW = (TO + 200) * DAY_MS;

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;
beforeAll(async () => {
  folder = temporaryFolder();
  store = await openStore(join(folder.path, "days.duckdb"));
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

/**
 * Stretches of days with similar cells: none, or one with a size (0: missing) and the days from its day to its probe.
 */
const history = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 150 }),
      fc.option(fc.record({ size: fc.constantFrom(0, 50_000), age: fc.constantFrom(1, 5, 19, 20, 89, 90, 700) }), {
        freq: 6,
      }),
    ),
    { maxLength: 12 },
  )
  .map((stretches) => stretches.flatMap(([days, cell]) => Array.from({ length: days }, () => cell)).slice(0, DAYS));

describe("the counted rows of each day", () => {
  it("are the same from the rows, from the tables of counts and unsettled days, and from rows at hand", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 4, maxLength: 4 }), async (histories) => {
        await fill(histories);
        const found = await allUnsettledDays(store);
        await storeUnsettledDays(store);
        expect((await storedUnsettledDays(store)) ?? []).toEqual(found);
        for (const names of [SYMBOLS, ["AUSDT"]]) {
          const symbols = names.map((symbol) => ({ symbol, absentAt: undefined }));
          const whole = await dayRows(store, { symbols, from: FROM, to: TO, now: NOW });
          const pieces: DayRows[] = [];
          for (let from = FROM; from <= TO; from += LAYOUT.blockDays) {
            const to = Math.min(TO, from + LAYOUT.blockDays - 1);
            pieces.push(...(await dayRows(store, { symbols, from, to, now: NOW })));
          }
          const cells = (await Promise.all(SYMBOLS.map((symbol) => cellsOfSymbol(store, symbol)))).flat();
          const atHand = await dayRows(store, { symbols, from: FROM, to: TO, now: NOW, cells });
          expect(whole).toEqual(pieces);
          expect(atHand).toEqual(pieces);
        }
        for (const symbol of SYMBOLS) {
          const span = { symbols: [{ symbol, absentAt: undefined }], from: FROM, to: TO, now: NOW };
          const cells = await cellsOfSymbol(store, symbol);
          expect(await dayRows(store, { ...span, cells, cellsOf: symbol })).toEqual(await dayRows(store, span));
        }
      }),
      { numRuns: propertyRuns(6) },
    );
  });
});

async function fill(histories: readonly (readonly ({ size: number; age: number } | null)[])[]): Promise<void> {
  const { connection } = store;
  await connection.run("DELETE FROM availability; DELETE FROM daily_symbol_counts; DELETE FROM unsettled_days");
  const rows = histories.flatMap((days, symbol) =>
    days.flatMap((cell, offset) => {
      if (cell === null) return [];
      const { size, age } = cell;
      const day = `DATE '1970-01-01' + ${FROM + offset}`;
      const file = size > 0 ? `true, ${size}, TIMESTAMP '2024-01-01', 200` : "false, NULL, NULL, 404";
      return [
        `(${day}, '${SYMBOLS[symbol] ?? ""}', ${file}, epoch_ms(${(FROM + offset + age) * DAY_MS + 3_600_000})::TIMESTAMP)`,
      ];
    }),
  );
  if (rows.length === 0) return;
  await connection.run(
    `INSERT INTO availability (date, symbol, available, file_size_bytes, last_modified, status_code, probe_timestamp)
      VALUES ${rows.join(", ")};
    INSERT INTO daily_symbol_counts SELECT date, count(*) FILTER (available), count(*) FROM availability GROUP BY date`,
  );
}
