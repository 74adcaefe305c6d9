import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backfill } from "../../src/run/backfill.js";
import type { RunSummary } from "../../src/run/summary.js";
import { chance, hashText } from "../../src/replica/random.js";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { soundness, tableOf, temporaryFolder } from "../support/database.js";
import { handles, handlesLeft } from "../support/handles.js";
import { startRawServer, status } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";
import { FAULTS, ODDITIES, SLOW_FAULTS, type Fault } from "../support/faults.js";
import { first, history, last, served, symbols } from "../support/served.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/** Runs, each with another mix of faults; `npm run test:hostile` runs more. */
const SEEDS = Number(process.env["BFA_FAULT_SEEDS"] ?? 3);

/** The true answer to a HEAD. */
function honest(path: string): string {
  const file = served.get(path);
  if (file === undefined) return status(404);
  return `HTTP/1.1 200 OK\r\nContent-Length: ${file.size}\r\nLast-Modified: ${file.lastModified}\r\n\r\n`;
}

/**
 * What the server does with each HEAD of a run: one day in three has faults, and every third of the other answers is
 * odd.
 */
function plan(seed: number): (path: string) => Fault {
  const slow = seed % 8 === 0;
  return (path) => {
    const day = hashText(path.slice(-14));
    const cell = hashText(path);
    const pick = (faults: readonly Fault[]): Fault => {
      const picked = faults[Math.floor(chance(seed, 3, cell) * faults.length)];
      if (picked === undefined) throw new Error("nothing to pick from");
      return picked;
    };
    if (chance(seed, 1, day) < 1 / 3 && chance(seed, 2, cell) < 0.3) {
      return pick(slow && chance(seed, 4, cell) < 0.1 ? SLOW_FAULTS : FAULTS);
    }
    return pick(chance(seed, 5, cell) < 1 / 3 ? ODDITIES : ODDITIES.slice(0, 1));
  };
}

describe("a server with all faults together", () => {
  it("shows each fault in at least one of these runs", () => {
    const met = new Set(Array.from({ length: SEEDS }, (_, seed) => [...served.keys()].map(plan(seed))).flat());
    const never = [...FAULTS, ...SLOW_FAULTS, ...ODDITIES].filter((fault) => !met.has(fault));
    expect(never.map(({ name }) => name)).toEqual([]);
  });

  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    "seed %i: every answered cell is true, every other one is reported with its kind, nothing is left behind",
    async (seed) => {
      const faultOf = plan(seed);
      const server = await startRawServer((socket, head, _nth, reset) => {
        const path = head.split(" ")[1] ?? "";
        faultOf(path).behave(socket, honest(path), reset);
      });
      const { path: folder, remove } = temporaryFolder();
      const db = join(folder, "a.duckdb");
      try {
        const before = handles();
        const summary = await backfill({
          ...{ db, endpoint: server.url, ca: server.ca, symbols, from: formatDay(first), to: formatDay(last) },
          ...{
            source: "head",
            connections: 16,
            threads: 1 + (seed % 3),
            pool: seed % 5 !== 1,
            timeoutMs: 3000,
            maxFailureRate: 1,
            retries: 0,
            reject: false,
          },
        });
        // Nothing is left one or two turns of the event loop after the threads have closed their ends.
        expect(await handlesLeft(before)).toEqual([]);
        expectReported(summary, faultOf);
        const failed = new Set(summary.failures.map(({ date, symbol }) => `${date}|${symbol}`));
        const truth = truthOf(history, symbols, first, last).filter((row) => !failed.has(row.split("|", 2).join("|")));
        expect(await tableOf(db)).toEqual(truth);
        expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
        const days = new Set(truth.map((row) => row.slice(0, 10)));
        expect(summary).toMatchObject({ rows_written: truth.length, units_written: days.size });
      } finally {
        await server.close();
        remove();
      }
    },
  );
});

/** Exactly the cells with a fault are named, each with a fitting kind, and the numbers add up. */
function expectReported(summary: RunSummary, faultOf: (path: string) => Fault): void {
  const { probes, available, missing, failed, requests, retries, failures } = summary;
  const kinds = new Map(
    failures.map(({ symbol, date, kind }) => [keyPath(fileKey(DEFAULT_DATASET, symbol, dayOf(date))), kind]),
  );
  const wrong = [...served.keys()].flatMap((path) => {
    const fault = faultOf(path);
    const kind = kinds.get(path);
    // A machine that stalls makes any answer late, and the run must say so.
    const right = kind === undefined ? fault.kinds.length === 0 : kind === "timeout" || fault.kinds.includes(kind);
    return right ? [] : [`${fault.name}: ${kind ?? "no failure"} ${path}`];
  });
  expect(wrong).toEqual([]);
  expect(failed).toBe(failures.length);
  expect(available + missing + failed).toBe(probes);
  expect(probes).toBe(served.size);
  expect(requests).toBe(probes + retries);
  expect(summary.outcome).toBe(failed > 0 ? "failed" : "whole");
}
