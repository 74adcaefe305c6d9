import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { backfill, planBackfill } from "../../src/run/backfill.js";
import { discover } from "../../src/run/discover.js";
import { createEmitter, type RunEvent } from "../../src/run/events.js";
import type { RunOptions } from "../../src/run/options.js";
import { update } from "../../src/run/update.js";
import { volumes } from "../../src/run/volumes.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { handles, handlesLeft } from "../support/handles.js";
import { available, startRawServer, status } from "../support/raw-server.js";

const yesterday = dayAt(Date.now()) - 1;

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
beforeEach(() => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
});
afterEach(() => {
  folder.remove();
});

describe("a listener that throws", () => {
  it("is not called again, and its error is kept", async () => {
    const received: string[] = [];
    const { emit, broken } = createEmitter(({ type }) => {
      received.push(type);
      throw new Error("no");
    });
    emit({ type: "notice", message: "" });
    emit({ type: "notice", message: "" });
    await expect(broken).rejects.toThrow("no");
    expect(received).toEqual(["notice"]);
  });

  it("by a promise that rejects is not called again either", async () => {
    const received: string[] = [];
    const { emit, broken } = createEmitter(async ({ type }) => {
      received.push(type);
      await Promise.reject(new Error("later"));
    });
    emit({ type: "notice", message: "" });
    await expect(broken).rejects.toThrow("later");
    emit({ type: "notice", message: "" });
    expect(received).toEqual(["notice"]);
  });

  it.each(["dns", "planned", "progress", "committed", "failure", "probed", "publishing", "done"])(
    "at %s rejects the run, leaves nothing behind and a sound file",
    async (type) => {
      const server = await startRawServer((socket, _head, nth) =>
        setTimeout(() => socket.write(nth % 10 === 0 ? status(500) : available()), 20),
      );
      try {
        const before = handles();
        const error = new Error(`thrown at ${type}`);
        const symbols = Array.from({ length: 20 }, (_, index) => `S${index}USDT`);
        const running = backfill({
          ...{ db, endpoint: server.url, ca: server.ca, symbols, connections: 4, retries: 0, maxFailureRate: 1 },
          ...{ from: formatDay(yesterday - 20), to: formatDay(yesterday - 10) },
          onEvent: (event) => {
            if (event.type === type) throw error;
          },
        });
        await expect(running).rejects.toBe(error);
        expect(await handlesLeft(before)).toEqual([]);
        expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
      } finally {
        await server.close();
      }
    },
  );
});

describe("a failure", () => {
  it("is an event before the run is over, and the same as in the summary", async () => {
    const bad = `ETHUSDT-1m-${formatDay(yesterday - 10)}`;
    const server = await startRawServer((socket, head) => socket.write(head.includes(bad) ? status(500) : available()));
    try {
      const events: RunEvent[] = [];
      const summary = await update({
        ...{
          db,
          endpoint: server.url,
          ca: server.ca,
          symbols: ["BTCUSDT", "ETHUSDT"],
          source: "head",
          retries: 0,
          timeoutMs: 600_000,
        },
        date: formatDay(yesterday - 10),
        reject: false,
        onEvent: (event) => events.push(event),
      });
      const [failure] = summary.failures;
      expect(failure).toMatchObject({ symbol: "ETHUSDT", kind: "status", code: "HTTP_500", days: 1, cause: null });
      // Rows are committed when probing is done, or during it if it takes long.
      const others = events.filter(({ type }) => !["progress", "committed"].includes(type));
      expect(others.map(({ type }) => type)).toEqual(["dns", "planned", "failure", "probed", "publishing", "done"]);
      expect(others[2]).toEqual({ type: "failure", ...failure });
      expect(others[5]).toEqual({ type: "done", outcome: "failed", elapsed_ms: summary.elapsed_ms });
      const types = events.map(({ type }) => type);
      expect(events.filter(({ type }) => type === "committed")).toEqual([
        { type: "committed", units_written: 1, rows_written: 1 },
      ]);
      expect(types.indexOf("committed")).toBeGreaterThan(types.indexOf("planned"));
      expect(types.indexOf("committed")).toBeLessThan(types.indexOf("publishing"));
    } finally {
      await server.close();
    }
  });
});

describe("the signal during a discovery", () => {
  /** A server that answers its listing with a failure that may pass, so that the discovery takes long. */
  async function during<T>(work: (options: RunOptions) => Promise<T>): Promise<T> {
    const interrupt = new AbortController();
    const waiting: TLSSocket[] = [];
    const server = await startRawServer((socket) => waiting.push(socket));
    try {
      const where = {
        db,
        endpoint: server.url,
        listEndpoint: server.url,
        ca: server.ca,
        retries: 20,
        timeoutMs: 600_000,
      };
      const working = work({ ...where, signal: interrupt.signal });
      await server.received(1);
      interrupt.abort();
      for (const socket of waiting) socket.write(status(503));
      return await working;
    } finally {
      await server.close();
    }
  }

  it("ends a run as interrupted, also in the journal", async () => {
    const summary = await during((options) => update({ ...options, reject: false }));
    expect(summary).toMatchObject({ outcome: "interrupted", probes: 0, requests: 1, sources: [], symbol_count: 0 });
    expect(summary.to).toBe(formatDay(yesterday));
    expect(await rowsOf(db, "SELECT outcome FROM runs")).toEqual([["interrupted"]]);
  });

  it("ends fetching volumes as interrupted too", async () => {
    const summary = await during((options) => volumes({ ...options, reject: false }));
    expect(summary).toMatchObject({ outcome: "interrupted", symbol_count: 0, files_fetched: 0, requests: 1 });
    expect(await rowsOf(db, "SELECT command, outcome FROM runs")).toEqual([["volumes", "interrupted"]]);
  });

  it.each<[string, (options: RunOptions) => Promise<unknown>]>([
    ["discovery", discover],
    ["plan", planBackfill],
  ])("rejects a %s", async (_name, work) => {
    await expect(during(work)).rejects.toMatchObject({
      code: "INTERRUPTED",
    });
    expect(await rowsOf(db, "SELECT count(*)::INT FROM runs")).toEqual([[0]]);
  });

  it("that is aborted before the start keeps the run from asking the bucket", async () => {
    const server = await startRawServer(() => undefined);
    try {
      const where = { db, endpoint: server.url, listEndpoint: server.url, ca: server.ca };
      await expect(update({ ...where, signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: "RUN_FAILED",
        summary: { outcome: "interrupted" },
      });
      expect(server.requests).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
