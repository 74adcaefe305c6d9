import { statSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backfill } from "../../src/run/backfill.js";
import type { BackfillOptions } from "../../src/run/options.js";
import type { RunSummary } from "../../src/run/summary.js";
import { formatDay, type Day } from "../../src/calendar/day.js";
import { soundness, temporaryFolder } from "../support/database.js";
import { handles, handlesLeft } from "../support/handles.js";
import { DAYS, first, last, startServer, symbols, type Server } from "./servers.js";

/** About an hour's work against the real Vision: 2.6 M rows by LIST, then 1 M HEADs of which 1 % fail. */
const HEAD_DAYS = 1000;
/** Runs that the HEADs are split into, so that anything each leaves behind adds up. */
const SLICES = 10;

const headFirst = last - HEAD_DAYS + 1;

let sound: Server;
let faulty: Server;
const folder = temporaryFolder();
const listed = join(folder.path, "listed.duckdb");
const probed = join(folder.path, "probed.duckdb");

beforeAll(async () => {
  sound = await startServer();
  const shares = { "fault-500": 0.0055, "fault-reset": 0.0042, "fault-503": 0.0002, "fault-hang": 0.0001 };
  faulty = await startServer(...Object.entries(shares).map(([name, share]) => `--${name}=${share}`));
});
afterAll(async () => {
  await sound.close();
  await faulty.close();
  folder.remove();
});

/** One run, and the maximum memory of this process during it, MiB. */
async function run(server: Server, given: Omit<BackfillOptions, "symbols">): Promise<RunSummary & { peakMiB: number }> {
  let peak = 0;
  const sample = () => (peak = Math.max(peak, process.memoryUsage.rss()));
  const sampling = setInterval(sample, 100);
  const summary = await backfill({
    endpoint: server.url,
    ca: server.ca,
    symbols,
    timeoutMs: 2000,
    maxFailureRate: 1,
    reject: false,
    ...given,
  });
  clearInterval(sampling);
  sample();
  const peakMiB = peak / 2 ** 20;
  const { probes, failed, retries, replays, elapsed_ms } = summary;
  const rate = Math.round((probes / elapsed_ms) * 1000);
  process.stdout.write(
    `${summary.from} to ${summary.to}: ${probes} probes, ${rate}/s, ${failed} failed, ${retries} retries, ${replays} replays, peak ${Math.round(peakMiB)} MiB\n`,
  );
  return { ...summary, peakMiB };
}

function range(from: Day, to: Day) {
  return { from: formatDay(from), to: formatDay(to) };
}

function expectAddsUp(summary: RunSummary, cells: number): void {
  expect(summary).toMatchObject({ outcome: "whole", probes: cells, rows_written: cells, failed: 0, failures: [] });
  expect(summary.available + summary.missing).toBe(cells);
}

it("2.6 M rows by LIST, 1 M HEADs with 1 % faults: the same table, flat memory, no handle left", async () => {
  const before = handles();
  const list = await run(sound, { db: listed, listEndpoint: sound.listUrl, source: "list", ...range(first, last) });
  expectAddsUp(list, symbols.length * DAYS);
  expect(await handlesLeft(before)).toEqual([]);

  const peaks: number[] = [];
  const sliceDays = HEAD_DAYS / SLICES;
  for (let slice = 0; slice < SLICES; slice++) {
    const from = headFirst + slice * sliceDays;
    const summary = await run(faulty, { db: probed, source: "head", retries: 8, ...range(from, from + sliceDays - 1) });
    expectAddsUp(summary, symbols.length * sliceDays);
    expect(summary.requests).toBe(summary.probes + summary.retries);
    // A reset before an answer is replayed if the connection had served before.
    expect((summary.retries + summary.replays) / summary.requests).toBeGreaterThan(0.008);
    peaks.push(summary.peakMiB);
    expect(await handlesLeft(before)).toEqual([]);
  }
  // The first runs warm the process up; after that, nothing may pile up.
  const early = Math.max(...peaks.slice(2, 5));
  const late = Math.max(...peaks.slice(-3));
  expect(late).toBeLessThan(early * 1.1);

  expect(await differences()).toBe(0);
  for (const file of [listed, probed]) expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
  const bytesPerRow = statSync(listed).size / (symbols.length * DAYS);
  process.stdout.write(`${bytesPerRow.toFixed(2)} bytes per row\n`);
});

/** Cells in which the table by HEAD differs from that by LIST. */
async function differences(): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${listed}' AS listed (READ_ONLY); ATTACH '${probed}' AS probed (READ_ONLY)`);
    const columns = "date, symbol, available, file_size_bytes, last_modified, url, status_code";
    const answer = await connection.runAndReadAll(
      `WITH a AS (SELECT ${columns} FROM listed.daily_availability WHERE date >= DATE '${formatDay(headFirst)}'),
        b AS (SELECT ${columns} FROM probed.daily_availability)
        SELECT (SELECT count(*) FROM (FROM a EXCEPT FROM b)) + (SELECT count(*) FROM (FROM b EXCEPT FROM a))`,
    );
    return Number(answer.getRows()[0]?.[0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
