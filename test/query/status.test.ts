import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { staleness } from "../../src/check/freshness.js";
import { DAY_MS, dayAt, formatDay, type Day } from "../../src/calendar/day.js";
import { formatTime } from "../../src/calendar/time.js";
import { status, type Status } from "../../src/query/status.js";
import { openStore, type Store } from "../../src/store/open.js";
import { beginRun, endRun, type RunStart } from "../../src/store/runs.js";
import { recordDiscovery } from "../../src/store/symbols.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor, type Cell } from "../support/store.js";

const HOUR_MS = 3_600_000;
const SYMBOLS = ["AUSDT", "BUSDT", "CUSDT"];
const DAYS = 60;
/** Day of the last probes, at 09:00 UTC. */
const TODAY = D0 + DAYS;
const NOW = TODAY * DAY_MS + 9 * HOUR_MS;

let folder: ReturnType<typeof temporaryFolder>;
let files = 0;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  folder.remove();
});

/** A file of three symbols and 60 days, all probed at NOW except for what `cell` leaves out. */
async function filled(
  cell: (symbol: number, day: Day) => Partial<Cell> | undefined,
  use: (store: Store) => Promise<void>,
): Promise<void> {
  const file = join(folder.path, `${files++}.duckdb`);
  // Published once, empty: later rows stay in a copy, and a size is that of the published file.
  await (await openStore(file)).close();
  const { store, writer } = await writerFor(file, SYMBOLS);
  try {
    // The file begins with the test's days: nothing before them ever existed.
    const before = D0 - DEFAULT_DATASET.firstPeriod;
    await writer.commit(
      Array.from({ length: before + DAYS }, (_, at) => DEFAULT_DATASET.firstPeriod + at).map((day) =>
        dayUnit(
          day,
          SYMBOLS.flatMap((_, symbol) => {
            const size = day < D0 ? 0 : 50_000;
            const made = cell(symbol, day);
            return made === undefined ? [] : [{ symbol, size, probedAt: NOW, ...made }];
          }),
        ),
      ),
    );
    await store.connection.run("DELETE FROM runs");
    await recordDiscovery(store, SYMBOLS, NOW);
    await use(store);
  } finally {
    await store.close();
  }
}

async function journal(store: Store, command: string, at: number, over: Partial<RunStart> = {}): Promise<void> {
  const span = { from: DEFAULT_DATASET.firstPeriod, to: dayAt(at) - 1 };
  const run = { command, ...span, symbolCount: SYMBOLS.length, startedAt: at, ...over };
  const runId = await beginRun(store, run);
  const counts = { probes: 0, available: 0, missing: 0, failed: 0, replays: 0, retries: 0, connectionsOpened: 0 };
  await endRun(store, runId, { endedAt: at + 1000, ...counts, rowsWritten: 0, unitsWritten: 0, outcome: "whole" });
}

const whole = () => ({});
const factsAt = async (store: Store, now = NOW): Promise<Status["facts"]> => (await status(store, now)).facts;

describe("status", () => {
  it("says how complete a freshly updated file is", async () => {
    await filled(whole, async (store) => {
      await journal(store, "update", NOW);
      expect(await factsAt(store)).toEqual({
        file: store.file,
        bytes: statSync(store.file).size,
        row_count: 3 * (TODAY - DEFAULT_DATASET.firstPeriod),
        first_date: formatDay(DEFAULT_DATASET.firstPeriod),
        last_date: formatDay(TODAY - 1),
        last_final_date: formatDay(TODAY - 20),
        provisional_day_count: 19,
        symbol_count: 3,
        contracts_captured_at: null,
        announced_delistings: [],
        discovered_at: formatTime(NOW),
        first_due_date: formatDay(TODAY - 19),
        ...{ due_never_probed: 0, due_provisional: 19 * 3, due_hole: 0, due_clock: 0, due_dormant: 0 },
        conditions: [
          { condition: "final", from: formatDay(TODAY - 30), to: formatDay(TODAY - 20) },
          { condition: "provisional", from: formatDay(TODAY - 19), to: formatDay(TODAY - 1) },
        ],
        updated_at: formatTime(NOW),
        swept_at: null,
        sweep_due_at: formatTime(NOW + 35 * DAY_MS),
      });
    });
  });

  it("counts cells that were never probed, holes, and probes by a clock that was ahead", async () => {
    const odd = (symbol: number, day: Day): Partial<Cell> | undefined => {
      if (symbol === 0 && day === D0 + 10) return undefined;
      if (symbol === 1 && day === D0 + 20) return { size: 0 };
      return symbol === 2 && day === D0 + 5 ? { probedAt: NOW + DAY_MS } : {};
    };
    await filled(odd, async (store) => {
      const facts = await factsAt(store);
      expect(facts).toMatchObject({ due_never_probed: 1, due_provisional: 19 * 3, due_hole: 1, due_clock: 1 });
      expect(facts).toMatchObject({ first_due_date: formatDay(D0 + 5), last_final_date: formatDay(D0 + 4) });
    });
  });

  it("counts cells of dormant symbols separately", async () => {
    const dormant = (symbol: number, day: Day): Partial<Cell> | undefined => {
      if (symbol !== 2 || day < D0 - 30) return {};
      return day === D0 - 30
        ? { size: 50_000 }
        : day >= TODAY - 2
          ? undefined
          : { size: 0, probedAt: NOW - 2 * DAY_MS };
    };
    await filled(dormant, async (store) => {
      // Its cells of the last 22 days were probed too early, the newest two never.
      expect(await factsAt(store)).toMatchObject({ due_never_probed: 0, due_dormant: 21, due_provisional: 19 * 2 });
    });
  });

  it("says when a sweep is due, counted from the last complete one, or from the first run", async () => {
    await filled(whole, async (store) => {
      await journal(store, "update", NOW - 50 * DAY_MS);
      expect(await factsAt(store)).toMatchObject({ swept_at: null, sweep_due_at: formatTime(NOW - 15 * DAY_MS) });
      await journal(store, "sweep", NOW - 10 * DAY_MS);
      expect(await factsAt(store)).toMatchObject({
        swept_at: formatTime(NOW - 10 * DAY_MS),
        sweep_due_at: formatTime(NOW + 25 * DAY_MS),
      });
    });
  });
});

describe("staleness", () => {
  const reasonsAt = async (store: Store, now = NOW) => staleness(store, await status(store, now), 36 * HOUR_MS, now);

  it("has no complaint about an up-to-date file", async () => {
    await filled(whole, async (store) => {
      await journal(store, "update", NOW);
      expect(await reasonsAt(store)).toEqual([]);
      expect(await reasonsAt(store, NOW + 30 * HOUR_MS)).toEqual([]);
    });
  });

  it.each<[string, Partial<RunStart>]>([
    ["the last days", { from: TODAY - 1 }],
    ["the first days", { to: DEFAULT_DATASET.firstPeriod }],
    ["all but the last day", { to: TODAY - 2 }],
    ["some symbols", { symbolCount: 2 }],
  ])("names an update that is too long ago; a run over %s does not count", async (_, over) => {
    await filled(whole, async (store) => {
      await journal(store, "update", NOW - 40 * HOUR_MS);
      await journal(store, "update", NOW, over);
      expect(await reasonsAt(store)).toEqual([
        `the last complete update began ${formatTime(NOW - 40 * HOUR_MS)}, 40 hours ago: bfa update`,
      ]);
    });
  });

  it("names cells that should have been probed, and a sweep that is due", async () => {
    const lacking = (symbol: number, day: Day) => (symbol === 0 && day === D0 + 10 ? undefined : {});
    await filled(lacking, async (store) => {
      await journal(store, "sweep", NOW - 36 * DAY_MS);
      await journal(store, "update", NOW);
      expect(await reasonsAt(store)).toEqual([
        "1 overdue cell never probed: bfa update",
        `a sweep has been due since ${formatDay(TODAY - 1)}: bfa sweep`,
      ]);
    });
  });
});
