import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore, type Store } from "../../../src/store/open.js";
import { beginRun, endRun } from "../../../src/store/runs.js";
import { knownSymbols, recordDiscovery } from "../../../src/store/symbols.js";
import { temporaryFolder } from "../../support/database.js";
import { ask, D0, LATE } from "../../support/store.js";

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;
beforeEach(async () => {
  folder = temporaryFolder();
  store = await openStore(join(folder.path, "a.duckdb"));
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

it("symbols are added with their class, and never removed", async () => {
  expect(await knownSymbols(store)).toEqual({ symbols: [], discoveredAt: undefined });
  const first = await recordDiscovery(store, ["BTCUSDT", "币安人生USDT", "ICPUSDT_SETTLED", "BTCUSDT_231229"], LATE);
  expect(first).toEqual({ added: ["BTCUSDT", "BTCUSDT_231229", "ICPUSDT_SETTLED", "币安人生USDT"], gone: [] });
  expect(await recordDiscovery(store, ["BTCUSDT", "NEWUSDC"], LATE + 5)).toEqual({
    added: ["NEWUSDC"],
    gone: ["BTCUSDT_231229", "ICPUSDT_SETTLED", "币安人生USDT"],
  });
  const { symbols, discoveredAt } = await knownSymbols(store);
  expect(discoveredAt).toBe(LATE + 5);
  expect(symbols).toEqual([
    { symbol: "BTCUSDT", class: "perpetual", quote: "USDT", firstSeen: LATE, lastSeen: LATE + 5, absentAt: undefined },
    { symbol: "BTCUSDT_231229", class: "delivery", quote: "USDT", firstSeen: LATE, lastSeen: LATE, absentAt: LATE + 5 },
    { symbol: "ICPUSDT_SETTLED", class: "settled", quote: "USDT", firstSeen: LATE, lastSeen: LATE, absentAt: LATE + 5 },
    { symbol: "NEWUSDC", class: "perpetual", quote: "USDC", firstSeen: LATE + 5, lastSeen: LATE + 5, absentAt: LATE },
    { symbol: "币安人生USDT", class: "perpetual", quote: "USDT", firstSeen: LATE, lastSeen: LATE, absentAt: LATE + 5 },
  ]);
});

it("a run that never ended has no outcome, and ids go up", async () => {
  const start = { command: "update", from: D0, to: D0 + 2, symbolCount: 7, startedAt: LATE };
  expect(await beginRun(store, start)).toBe(1);
  expect(await beginRun(store, start)).toBe(2);
  await endRun(store, 2, {
    ...{ endedAt: LATE + 9, probes: 21, available: 15, missing: 5, failed: 1, replays: 2, retries: 3 },
    ...{ connectionsOpened: 4, rowsWritten: 14, unitsWritten: 2, outcome: "failed" },
  });
  expect(await ask(store, "SELECT run_id, outcome, probes, failed, ended_at FROM runs ORDER BY run_id")).toEqual([
    [1, null, null, null, null],
    [2, "failed", "21", "1", "2026-01-01 00:00:00.009"],
  ]);
});
