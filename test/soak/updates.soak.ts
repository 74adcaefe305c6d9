import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openAvailability } from "../../src/index.js";
import { backfill } from "../../src/run/backfill.js";
import { update } from "../../src/run/update.js";
import { formatDay } from "../../src/calendar/day.js";
import { soundness, temporaryFolder } from "../support/database.js";
import { handles, handlesLeft } from "../support/handles.js";
import { last, SHARE, startServer, symbols, type Server } from "./servers.js";

/** Updates of one day each, as a service would run them for months without a restart. */
const UPDATES = Math.max(12, Math.round(100 * SHARE));

let server: Server;
const folder = temporaryFolder();
const db = join(folder.path, "a.duckdb");

beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

/** Open files of this process, if the system reports them; otherwise none. */
function openFiles(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}

it("100 updates with readers: flat memory, no handle and no file left open", async () => {
  const where = { db, endpoint: server.url, listEndpoint: server.listUrl, ca: server.ca, symbols };
  const begin = last - UPDATES;
  await backfill({ ...where, source: "list", from: formatDay(begin - 30), to: formatDay(begin) });
  // The file as it was before all updates stays open for one reader.
  const old = await openAvailability(db);
  const memory: number[] = [];
  const files: number[] = [];
  const before = handles();
  for (let day = begin + 1; day <= last; day++) {
    const date = formatDay(day);
    const updating = update({ ...where, date });
    const reader = await openAvailability(db);
    expect((await reader.snapshot({ date: formatDay(day - 1) })).rows.length).toBeGreaterThan(0);
    await reader.close();
    expect(await updating).toMatchObject({ outcome: "whole", failed: 0, rows_written: symbols.length });
    const fresh = await openAvailability(db);
    expect((await fresh.snapshot({ date })).rows.length).toBeGreaterThan(0);
    await fresh.close();
    expect(await handlesLeft(before)).toEqual([]);
    memory.push(process.memoryUsage.rss());
    files.push(openFiles());
  }
  expect((await old.counts()).rows.at(-1)?.date).toBe(formatDay(begin));
  await old.close();
  // The first updates warm the process up; after that, nothing may pile up.
  const third = Math.floor(UPDATES / 3);
  const most = (numbers: readonly number[]) => Math.max(...numbers);
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  const [early, late] = [memory.slice(third, 2 * third), memory.slice(-third)];
  process.stdout.write(
    `${UPDATES} updates: ${mib(most(early))} MiB, then ${mib(most(late))}; ${files.at(-1)} open files\n`,
  );
  expect(most(late)).toBeLessThan(most(early) * 1.1);
  expect(most(files.slice(-third))).toBeLessThanOrEqual(most(files.slice(third, 2 * third)));
  expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
});
