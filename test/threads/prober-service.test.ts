import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import type { FaultOptions } from "../../src/replica/faults.js";
import { startReplica } from "../../src/replica/replica.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import type { ProbeBatch } from "../../src/rows/batch.js";
import { Counters } from "../../src/rows/counters.js";
import type { CellFailure } from "../../src/rows/failure.js";
import { Traffic } from "../../src/probe/traffic.js";
import { packSymbols, type PoolSettings, type ProberMessage } from "../../src/threads/prober-protocol.js";
import { ProberPool } from "../../src/threads/prober-pool.js";
import { serveProber } from "../../src/threads/prober-service.js";
import { comparable, expectedRows, settingsFor, type ProbeRow } from "../support/prober.js";

const DAY = dayOf("2024-01-05");
const HISTORY = { seed: 3, symbols: 12, from: DAY - 4, through: DAY };
const history = syntheticHistory(HISTORY);
const symbols = history.folders.map(({ symbol }) => symbol);
const allIndexes = Uint32Array.from(symbols.keys());

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function poolSettings(threads: number, faults: FaultOptions = {}): Promise<PoolSettings> {
  const replica = await startReplica({ history: { type: "synthetic", ...HISTORY }, faults });
  open.push(replica.close);
  return {
    ...settingsFor(replica),
    threads,
    counters: new Counters().buffer,
    traffic: Traffic.start().buffer,
    beats: new SharedArrayBuffer(4 * (threads + 1)),
    threadNumber: new SharedArrayBuffer(4),
  };
}

/** Receives rows instead of the writer. */
function collect(port: MessagePort): ProbeRow[] {
  const rows: ProbeRow[] = [];
  port.on("message", ({ count, columns }: ProbeBatch) => {
    for (let row = 0; row < count; row++) {
      const entries = Object.entries(columns).map(([name, column]) => [name, column[row]]);
      rows.push(Object.fromEntries(entries) as ProbeRow);
    }
    port.postMessage({ credits: 1 });
  });
  return rows;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A prober's service on this thread. */
async function served(faults: FaultOptions = {}) {
  const settings = await poolSettings(1, faults);
  const { port1, port2 } = new MessageChannel();
  const messages: ProberMessage[] = [];
  const failures: CellFailure[] = [];
  let rows: ProbeRow[] = [];
  port1.on("message", (message: ProberMessage) => {
    messages.push(message);
    if (message.type === "failure") failures.push(message.failure);
    else if (message.type === "loaded") rows = collect(message.rows);
  });
  const service = serveProber(port2, settings);
  open.push(
    () => {
      port1.close();
    },
    () => service.close(),
  );
  await until(() => messages.length > 0);
  return { settings, service, messages, failures, rows };
}

describe("a prober's service", () => {
  it("reports once that it is loaded, with the port for its rows, and beats in its slot", async () => {
    const { messages, settings } = await served();
    expect(messages.map(({ type }) => type)).toEqual(["loaded"]);
    const [other, own] = new Int32Array(settings.beats);
    expect(other).toBe(0);
    // It beats once a second, and how long it took until now depends on the machine.
    expect(own).toBeGreaterThanOrEqual(1);
  });

  it("answers tasks, and its rows come through the other port", async () => {
    const { service, rows, failures, settings } = await served();
    const packed = packSymbols(symbols);
    const shard = { type: "head", day: DAY, symbolIndexes: allIndexes } as const;
    const answer = await service.run({ type: "shard", shard, symbols: packed });
    expect(answer).toEqual({ cellCount: symbols.length, failureCount: 0 });
    await until(() => rows.length === symbols.length);
    expect(comparable(rows)).toEqual(expectedRows(history, symbols, DAY, DAY));
    expect(await service.run({ type: "discover" })).toMatchObject({ type: "folders" });
    expect(failures).toEqual([]);
    expect(new Counters(settings.counters).read().cells).toBe(symbols.length);
  });

  it("reports failures before anybody asks, with their details", async () => {
    const { service, failures } = await served({ status500: 1 });
    const shard = { type: "list", symbolIndex: 1, spans: [{ from: DAY - 2, to: DAY }] } as const;
    const answer = await service.run({
      type: "shard",
      shard: { ...shard, spans: [...shard.spans] },
      symbols: packSymbols(symbols),
    });
    expect(answer).toEqual({ cellCount: 3, failureCount: 1 });
    await until(() => failures.length === 1);
    expect(failures).toMatchObject([{ symbolIndex: 1, from: DAY - 2, days: 3, failure: { code: "HTTP_500" } }]);
  });
});

describe("ProberPool", () => {
  it.each([
    [1, { status500: 1 }],
    [2, { status500: 0.5, reset: 0.2 }],
  ])("has emitted each failure when its shards are done; threads: %d", async (threads, faults) => {
    const settings = await poolSettings(threads, faults);
    const failures: CellFailure[] = [];
    const pool = new ProberPool(settings, {
      onLoaded: collect,
      onFailure: (failure) => failures.push(failure),
      onRetry: () => undefined,
      onDeath: (error) => {
        throw error;
      },
    });
    open.push(() => pool.destroy());
    for (let round = 0; round < 10; round++) {
      const before = failures.length;
      let promised = 0;
      const shards = Array.from({ length: 5 }, (_, back) => ({
        ...{ type: "head" as const, day: DAY - back, symbolIndexes: allIndexes },
      }));
      await pool.runShards(
        shards,
        symbols,
        pool.parallelHeads(),
        () => false,
        ({ failureCount }) => (promised += failureCount),
      );
      expect(promised).toBeGreaterThan(0);
      expect(failures.length - before).toBe(promised);
    }
    expect(failures).toHaveLength(new Counters(settings.counters).read().failed);
  });
});
