import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Prober, type ProberSettings } from "../../src/probe/prober.js";
import { Traffic } from "../../src/probe/traffic.js";
import { FAILED_STATUS } from "../../src/rows/columns.js";
import { Counters } from "../../src/rows/counters.js";
import type { CellFailure, Retry } from "../../src/rows/failure.js";
import type { FaultOptions } from "../../src/replica/faults.js";
import { startReplica } from "../../src/replica/replica.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { dayOf } from "../../src/calendar/day.js";
import { comparable, expectedRows, keepingSink, settingsFor } from "../support/prober.js";

const FROM = dayOf("2024-01-01");
const TO = FROM + 9;
const HISTORY = { seed: 3, symbols: 12, from: FROM, through: TO };
const history = syntheticHistory(HISTORY);
const symbols = [...history.folders.map(({ symbol }) => symbol), "NEVERUSDT"];
const allIndexes = Uint32Array.from(symbols.keys());
const cellCount = symbols.length * (TO - FROM + 1);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function against(faults: FaultOptions = {}, settings: Partial<ProberSettings> = {}) {
  const replica = await startReplica({ history: { type: "synthetic", ...HISTORY }, faults });
  open.push(replica.close);
  const sink = keepingSink();
  const failures: CellFailure[] = [];
  const counters = new Counters();
  const traffic = Traffic.start();
  const onFailure = (failure: CellFailure) => failures.push(failure);
  const retried: Retry[] = [];
  const onRetry = (retry: Retry) => retried.push(retry);
  const prober = new Prober(
    { ...settingsFor(replica), ...settings },
    { sink, volumes: { send: () => Promise.resolve() }, onFailure, onRetry, counters, traffic },
  );
  open.push(() => prober.close());
  return { prober, replica, sink, failures, retried, counters, traffic };
}

describe("Prober", () => {
  it("returns a row for each cell, by HEAD and by LIST alike", async () => {
    const { prober, sink, failures, counters } = await against();
    const days = Array.from({ length: TO - FROM + 1 }, (_, offset) => FROM + offset);
    const heads = days.map((day) => prober.run({ type: "head", day, symbolIndexes: allIndexes }, symbols));
    const results = await Promise.all(heads);
    expect(results).toEqual(days.map(() => ({ cellCount: symbols.length, failureCount: 0 })));
    const wanted = expectedRows(history, symbols, FROM, TO);
    expect(comparable(sink.rows)).toEqual(wanted);
    sink.rows.length = 0;
    const lists = symbols.map((_, symbolIndex) =>
      prober.run({ type: "list", symbolIndex, spans: [{ from: FROM, to: TO }] }, symbols),
    );
    expect(await Promise.all(lists)).toEqual(symbols.map(() => ({ cellCount: days.length, failureCount: 0 })));
    expect(comparable(sink.rows)).toEqual(wanted);
    expect(failures).toEqual([]);
    expect(counters.read()).toMatchObject({ cells: 2 * cellCount, failed: 0, requests: cellCount + symbols.length });
    expect(sink.flushes).toBe(days.length + symbols.length);
  });

  it("lists the folders of the bucket", async () => {
    const { prober } = await against();
    const names = history.folders.map(({ symbol }) => symbol).sort();
    const outcome = await prober.discover();
    expect(outcome.type === "folders" && [...outcome.names].sort()).toEqual(names);
  });

  it("reports each failure once, when it happens, and returns a row that marks it", async () => {
    const { prober, sink, failures, counters } = await against({ status500: 1 });
    const head = await prober.run({ type: "head", day: FROM, symbolIndexes: allIndexes }, symbols);
    expect(head).toEqual({ cellCount: symbols.length, failureCount: symbols.length });
    expect(failures.map(({ symbolIndex }) => symbolIndex).sort((a, b) => a - b)).toEqual([...allIndexes]);
    expect(failures[0]).toMatchObject({ from: FROM, days: 1, failure: { kind: "status", code: "HTTP_500" } });
    failures.length = 0;
    const spans = [
      { from: FROM, to: FROM + 2 },
      { from: FROM + 5, to: FROM + 5 },
    ];
    const list = await prober.run({ type: "list", symbolIndex: 2, spans }, symbols);
    expect(list).toEqual({ cellCount: 4, failureCount: 2 });
    expect(failures.map(({ symbolIndex, from, days }) => [symbolIndex, from, days])).toEqual([
      [2, FROM, 3],
      [2, FROM + 5, 1],
    ]);
    expect(sink.rows.every(({ status }) => status === FAILED_STATUS)).toBe(true);
    expect(counters.read()).toMatchObject({ cells: symbols.length + 4, failed: symbols.length + 4, retries: 0 });
  });

  it("retries HEAD and LIST alike, and counts each retry", async () => {
    const { prober, failures, counters, sink } = await against({ status500: 0.3 }, { retries: 12 });
    await prober.run({ type: "head", day: FROM, symbolIndexes: allIndexes }, symbols);
    await Promise.all(
      symbols.map((_, symbolIndex) =>
        prober.run({ type: "list", symbolIndex, spans: [{ from: FROM + 1, to: TO }] }, symbols),
      ),
    );
    expect(failures).toEqual([]);
    expect(comparable(sink.rows)).toEqual(expectedRows(history, symbols, FROM, TO));
    const { requests, retries } = counters.read();
    expect(retries).toBeGreaterThan(0);
    expect(requests).toBe(2 * symbols.length + retries);
  });

  it("keeps the causes of a failure: each address that was tried", async () => {
    // Each address refuses immediately, but a slow machine may take its quarter of a second to notice.
    const attemptMs = getDefaultAutoSelectFamilyAttemptTimeout();
    setDefaultAutoSelectFamilyAttemptTimeout(600_000);
    open.push(() => {
      setDefaultAutoSelectFamilyAttemptTimeout(attemptMs);
      return Promise.resolve();
    });
    const nobody = "https://localhost:1";
    const addresses = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
    const { prober, failures } = await against(
      {},
      { endpoint: nobody, listEndpoint: nobody, addresses: { localhost: { type: "resolved", addresses } } },
    );
    await prober.run({ type: "head", day: FROM, symbolIndexes: allIndexes.slice(0, 1) }, symbols);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.failure).toMatchObject({ kind: "connect", code: "ECONNREFUSED" });
    expect(failures[0]?.failure.cause).toMatch(/ECONNREFUSED 127\.0\.0\.1:1; .*ECONNREFUSED 127\.0\.0\.2:1/);
  });

  it("sends nothing more once the run is abandoned", async () => {
    const { prober, sink, traffic, counters } = await against();
    traffic.abandon();
    expect(await prober.run({ type: "head", day: FROM, symbolIndexes: allIndexes }, symbols)).toEqual({
      cellCount: 0,
      failureCount: 0,
    });
    expect(await prober.run({ type: "list", symbolIndex: 0, spans: [{ from: FROM, to: TO }] }, symbols)).toEqual({
      cellCount: 0,
      failureCount: 0,
    });
    expect(await prober.discover()).toMatchObject({ type: "failed", failure: { code: "ABANDONED" } });
    expect(sink.rows).toEqual([]);
    expect(counters.read().requests).toBe(0);
  });
});
