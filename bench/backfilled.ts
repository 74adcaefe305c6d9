import { maintain } from "../src/store/maintain.js";
import { openStore } from "../src/store/open.js";
import { beginRun, endRun } from "../src/store/runs.js";
import { UnitWriter } from "../src/store/write/commit.js";
import { COMMIT_ROWS } from "../src/store/write/session.js";
import { DAY_MS } from "../src/calendar/day.js";
import { dayAfter, type BenchRows } from "./rows.js";

/** Time of writing a whole history, ms. */
export interface WriteTimes {
  commitMs: number;
  maintainMs: number;
  closeMs: number;
}

/** Writes a history into a new file as a backfill does: groups of units, then maintenance. */
export async function writeBackfill(file: string, { symbols, from, days, units }: BenchRows): Promise<WriteTimes> {
  const store = await openStore(file);
  const run = { command: "backfill", from, to: from + days - 1, symbolCount: symbols.length, startedAt: Date.now() };
  const runId = await beginRun(store, run);
  const writer = await UnitWriter.create(store, { runId, symbols });
  const group = Math.ceil(COMMIT_ROWS / days);
  const started = performance.now();
  for (let start = 0; start < units.length; start += group) await writer.commit(units.slice(start, start + group));
  const committed = performance.now();
  await writer.close();
  await endRun(store, runId, nothingProbed(units.length * days, units.length));
  await maintain(store);
  const maintained = performance.now();
  await store.close();
  return { commitMs: committed - started, maintainMs: maintained - committed, closeMs: performance.now() - maintained };
}

/** Runs daily updates after a history, each with the three days before it again: open, commit, maintain, close. */
export async function writeDailyUpdates(file: string, history: BenchRows, updates: number): Promise<number[]> {
  const { symbols } = history;
  const end = history.from + history.days;
  const times: number[] = [];
  for (let day = end; day < end + updates; day++) {
    const started = performance.now();
    const store = await openStore(file);
    const run = { command: "update", from: day, to: day, symbolCount: symbols.length, startedAt: Date.now() };
    const runId = await beginRun(store, run);
    const writer = await UnitWriter.create(store, { runId, symbols });
    const probedAt = (day + 1) * DAY_MS + 12 * 3_600_000;
    const days = [3, 2, 1, 0].map((back) => day - back).filter((wanted) => wanted >= end);
    await writer.commit(days.map((wanted) => dayAfter(symbols, wanted, probedAt)));
    await writer.close();
    await endRun(store, runId, nothingProbed(days.length * symbols.length, days.length));
    await maintain(store);
    await store.close();
    times.push(performance.now() - started);
  }
  return times;
}

function nothingProbed(rowsWritten: number, unitsWritten: number) {
  return {
    ...{ endedAt: Date.now(), probes: 0, available: 0, missing: 0, failed: 0, replays: 0, retries: 0 },
    ...{ connectionsOpened: 0, rowsWritten, unitsWritten, outcome: "whole" as const },
  };
}
