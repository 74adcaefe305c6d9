import fc from "fast-check";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS, dayOf, formatDay, type Day } from "../../src/calendar/day.js";
import { dueCells, type DueReason } from "../../src/store/due.js";
import { openStore, type Store } from "../../src/store/open.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { islands } from "../../src/calendar/span.js";
import { livesOf } from "../../src/vision/lives.js";
import { temporaryFolder } from "../support/database.js";
import { propertyRuns } from "../support/property-runs.js";

const { afterDays, holeAfterDays, dormantAfterDays, dormantEveryDays } = DEFAULT_DATASET.finality;
const FIRST = dayOf("2024-01-01");
const LENGTH = 150;
const TODAY = FIRST + LENGTH;
const NOW = TODAY * DAY_MS + 12 * 3_600_000;

interface Cell {
  symbol: string;
  day: Day;
  /** Bytes; 0: missing. */
  size: number;
  /** Days from the start of the day to its probe. */
  age: number;
}

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;
beforeAll(async () => {
  folder = temporaryFolder();
  store = await openStore(join(folder.path, "due.duckdb"));
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

async function fill(cells: readonly Cell[]): Promise<void> {
  await store.connection.run("DELETE FROM availability");
  if (cells.length === 0) return;
  const rows = cells.map(({ symbol, day, size, age }) => {
    const time = `epoch_ms(${(day + age) * DAY_MS + 6 * 3_600_000})::TIMESTAMP`;
    const file = size > 0 ? `true, ${size}, TIMESTAMP '2024-01-01', 200` : "false, NULL, NULL, 404";
    return `(DATE '${formatDay(day)}', '${symbol}', ${file}, ${time})`;
  });
  await store.connection.run(
    `INSERT INTO availability (date, symbol, available, file_size_bytes, last_modified, status_code, probe_timestamp)
      VALUES ${rows.join(", ")}`,
  );
}

/** The rule, applied cell by cell. */
function dueByHand(cells: readonly Cell[], symbol: string): Map<Day, DueReason> {
  const own = cells.filter((cell) => cell.symbol === symbol).sort((a, b) => a.day - b.day);
  const isFile = ({ day, size, age }: Cell) => size > 0 && (day + age) * DAY_MS + 6 * 3_600_000 <= NOW;
  const files = own.filter(isFile);
  const settled = cells.filter((cell) => cell.symbol === `${symbol}SETTLED` && isFile(cell)).map(({ day }) => day);
  const folders = settled.length === 0 ? [] : [islands(settled.sort((a, b) => a - b))];
  const lives = livesOf(files, folders);
  const due = new Map<Day, DueReason>();
  let oldestLook = Infinity;
  for (let day = FIRST; day < TODAY; day++) {
    const cell = own.find((one) => one.day === day);
    const probedAt = cell === undefined ? NaN : (day + cell.age) * DAY_MS + 6 * 3_600_000;
    const isHole = cell?.size === 0 && lives.some(({ from, to }) => from < day && day < to);
    if (cell === undefined) due.set(day, "never_probed");
    else if (probedAt > NOW) due.set(day, "clock");
    else if (cell.age < afterDays) due.set(day, "provisional");
    else if (isHole && cell.age < holeAfterDays) due.set(day, "hole");
    if (due.has(day))
      oldestLook = Math.min(oldestLook, cell === undefined ? (day + 1) * DAY_MS : probedAt > NOW ? 0 : probedAt);
  }
  const lastFile = own.findLast(({ size }) => size > 0)?.day ?? -Infinity;
  const lastProbed = own.at(-1)?.day ?? -Infinity;
  const quiet = own.filter(({ day }) => day > lastProbed - dormantAfterDays);
  const dormant = quiet.length === dormantAfterDays && lastFile <= lastProbed - dormantAfterDays;
  return dormant && oldestLook > NOW - dormantEveryDays * DAY_MS ? new Map<Day, DueReason>() : due;
}

const SYMBOLS = ["AUSDT", "AUSDTSETTLED", "BUSDT", "CUSDT"];
const cell = fc.record({
  size: fc.constantFrom(0, 0, 8_000, 50_000, 50_000),
  age: fc.constantFrom(1, 3, afterDays - 1, afterDays, afterDays + 30, holeAfterDays, holeAfterDays + 100),
});
/** Stretches of days of the same kind, as in real histories. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 45 }), fc.option(cell, { freq: 6 })), { maxLength: 12 })
  .map((stretches) => stretches.flatMap(([days, made]) => Array.from({ length: days }, () => made)).slice(0, LENGTH));

describe("due cells", () => {
  it("are those of the rule, cell by cell", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 4, maxLength: 4 }), async (histories) => {
        const cells = histories.flatMap((days, index) =>
          days.flatMap((made, offset) =>
            made === null ? [] : [{ symbol: SYMBOLS[index] ?? "", day: FIRST + offset, ...made }],
          ),
        );
        await fill(cells);
        const found = await dueCells(
          store,
          { symbols: [...SYMBOLS, "NEWUSDT"], from: FIRST, to: TODAY - 1, rest: true },
          NOW,
        );
        const reasons = { never_probed: LENGTH, provisional: 0, hole: 0, clock: 0 };
        for (const [index, symbol] of SYMBOLS.entries()) {
          const due = dueByHand(cells, symbol);
          const days = found.spans[index]?.flatMap(({ from, to }) =>
            Array.from({ length: to - from + 1 }, (_, day) => from + day),
          );
          expect(days, symbol).toEqual([...due.keys()]);
          for (const reason of due.values()) reasons[reason]++;
        }
        expect(found.spans[4]).toEqual([{ from: FIRST, to: TODAY - 1 }]);
        expect(found.counts).toEqual(reasons);
      }),
      { numRuns: propertyRuns(14) },
    );
  });

  it("of a run over some days say nothing about the others", async () => {
    const probed = [FIRST, FIRST + 1, FIRST + 9].map((day) => ({ symbol: "AUSDT", day, size: 50_000, age: 40 }));
    await fill(probed);
    const { spans } = await dueCells(store, { symbols: ["AUSDT"], from: FIRST, to: FIRST + 11, rest: true }, NOW);
    expect(spans).toEqual([
      [
        { from: FIRST + 2, to: FIRST + 8 },
        { from: FIRST + 10, to: FIRST + 11 },
      ],
    ]);
  });

  it("of a span without days are none, as with a clock before the market began", async () => {
    await fill([{ symbol: "A", day: FIRST, size: 1, age: 1 }]);
    const due = await dueCells(store, { symbols: ["A"], from: FIRST, to: FIRST - 100, rest: true }, NOW);
    expect(due).toMatchObject({ spans: [[]], counts: { never_probed: 0, provisional: 0, hole: 0, clock: 0 } });
  });

  it("of a dormant symbol wait for a week", async () => {
    const cells = Array.from({ length: LENGTH - 3 }, (_, offset) => ({
      symbol: "AUSDT",
      day: FIRST + offset,
      size: offset < 40 ? 50_000 : 0,
      age: Math.max(1, LENGTH - 3 - offset),
    }));
    await fill(cells);
    const wanted = { symbols: ["AUSDT"], from: FIRST, to: TODAY - 1, rest: true };
    expect((await dueCells(store, wanted, NOW)).spans).toEqual([[]]);
    expect((await dueCells(store, wanted, NOW)).dormantCount).toBeGreaterThan(0);
    expect((await dueCells(store, { ...wanted, rest: false }, NOW)).spans[0]?.at(-1)?.to).toBe(TODAY - 1);
    expect((await dueCells(store, wanted, NOW + 5 * DAY_MS)).spans[0]?.at(-1)?.to).toBe(TODAY - 1);
  });
});
