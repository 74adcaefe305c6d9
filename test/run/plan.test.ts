import { describe, expect, it } from "vitest";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { countPlan, describePlan, makePlan } from "../../src/run/plan.js";
import { claimEndpoints } from "../../src/run/endpoints.js";
import type { Endpoints } from "../../src/store/endpoints.js";
import { backfillSettings, sweepSettings, updateSettings } from "../../src/run/settings.js";
import { SWEEP } from "../../src/run/sweep.js";
import { BACKFILL } from "../../src/run/backfill.js";
import { UPDATE } from "../../src/run/update.js";
import { fakeThreads, NOW, recorder, settingsOf } from "./support.js";

const yesterday = dayOf("2024-03-09");

describe("the days of an update", () => {
  it.each([
    [{}, ["2019-12-31", "2024-03-09"]],
    [{ date: "2024-02-01" }, ["2024-02-01", "2024-02-01"]],
    [{ date: "2024-02-10", lookback: 10 }, ["2024-02-01", "2024-02-10"]],
    [{ lookback: 1 }, ["2024-03-09", "2024-03-09"]],
  ] as const)("for %j are %j", (given, days) => {
    const { from, to } = updateSettings({ db: "a.duckdb", ...given }, NOW).span;
    expect([formatDay(from), formatDay(to)]).toEqual(days);
  });
});

describe("the plan of an update", () => {
  const due = [[{ from: yesterday - 2, to: yesterday }], [{ from: yesterday, to: yesterday }]];

  it("has the cells that are due, symbol by symbol", async () => {
    const threads = fakeThreads({ due });
    const plan = await makePlan(UPDATE, settingsOf({ lookback: undefined }), threads, recorder().emit);
    expect(plan.symbols).toEqual(["BTCUSDT", "ETHUSDT"]);
    expect(plan.steps).toMatchObject([
      { by: "day", source: "head", cellCount: 4, unitCount: 3, reason: "as requested" },
    ]);
    expect(countPlan(plan)).toEqual({ cellCount: 4, unitCount: 3 });
    const wanted = { symbols: ["BTCUSDT", "ETHUSDT"], from: dayOf("2019-12-31"), to: yesterday, rest: true };
    expect(threads.calls.filter(({ method }) => method === "due")).toEqual([{ method: "due", args: [wanted, NOW] }]);
  });

  it("has all cells of the requested days", async () => {
    const threads = fakeThreads();
    const settings = updateSettings({ db: "a.duckdb", symbols: ["BTCUSDT"], unlisted: true, lookback: 3 }, NOW);
    const plan = await makePlan(UPDATE, settings, threads, recorder().emit);
    expect(countPlan(plan).cellCount).toBe(3);
    expect(threads.calls.map(({ method }) => method)).not.toContain("due");
  });

  it("lists a symbol with many due cells and sends HEADs for one with a single due cell", async () => {
    const settings = updateSettings({ db: "a.duckdb", symbols: ["BTCUSDT", "ETHUSDT"], unlisted: true }, NOW);
    const plan = await makePlan(UPDATE, settings, fakeThreads({ due }), recorder().emit);
    expect(plan.steps.map(({ source, by, cellCount }) => [source, by, cellCount])).toEqual([
      ["list", "symbol", 3],
      ["head", "day", 1],
    ]);
    expect(plan.steps.map(({ cells }) => cells.map((spans) => spans.length))).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("refuses a symbol that the bucket does not list, with the nearest one, unless told otherwise", async () => {
    const options = { db: "a.duckdb", symbols: ["ETHUSDTT"] };
    const planning = (given: object) =>
      makePlan(UPDATE, updateSettings({ ...options, ...given }, NOW), fakeThreads({ due }), recorder().emit);
    await expect(planning({})).rejects.toMatchObject({
      code: "USAGE",
      option: "symbols",
      reason: expect.stringContaining("did you mean ETHUSDT?") as string,
    });
    await expect(planning({ unlisted: true })).resolves.toMatchObject({ symbols: ["ETHUSDTT"] });
    await expect(planning({ symbols: ["btcusdt"] })).rejects.toMatchObject({
      reason: expect.stringContaining("did you mean BTCUSDT?") as string,
    });
    // Without a listing, the symbols have to be taken on trust.
    await expect(planning({ endpoint: "https://h" })).resolves.toMatchObject({ symbols: ["ETHUSDTT"] });
  });

  it("lists the bucket's symbols if none are named and the file's list is old, and leaves out delivery contracts", async () => {
    const threads = fakeThreads({
      facts: { symbols: [{ symbol: "OLDUSDT", class: "perpetual", quote: "USDT" }], discoveredAt: 0 } as never,
      folders: { type: "folders", names: ["BTCUSDT", "BTCUSDT_231229", "not a symbol"] },
    });
    const { events, emit } = recorder();
    const plan = await makePlan(UPDATE, settingsOf({ symbols: undefined }), threads, emit);
    expect(plan.symbols).toEqual(["BTCUSDT", "OLDUSDT"]);
    expect(events).toEqual([{ type: "discovered", symbol_count: 2, added: [], gone: [] }]);
  });

  it("is empty if the signal comes during the discovery, and the probers are stopped", async () => {
    const interrupt = new AbortController();
    const threads = fakeThreads({
      folders: { type: "failed", failure: { kind: "other", code: "ABANDONED", message: "" } },
      onDiscover: () => {
        interrupt.abort();
      },
    });
    const settings = settingsOf({ symbols: undefined, signal: interrupt.signal });
    const plan = await makePlan(UPDATE, settings, threads, recorder().emit);
    expect(plan).toEqual({ span: { from: yesterday - 2, to: yesterday }, symbols: [], steps: [] });
    expect(threads.abandoned).toBe(true);
  });

  it.each([
    [{ quote: "BUSD" }, "USAGE"],
    [{ symbols: undefined, endpoint: "https://h" }, "USAGE"],
  ])("of %j fails with %s", async (options, code) => {
    await expect(makePlan(UPDATE, settingsOf(options), fakeThreads(), recorder().emit)).rejects.toMatchObject({ code });
  });

  it("fails if the bucket can't be listed", async () => {
    const folders = { type: "failed", failure: { kind: "status", code: "HTTP_500", message: "" } } as const;
    const planning = makePlan(UPDATE, settingsOf({ symbols: undefined }), fakeThreads({ folders }), recorder().emit);
    await expect(planning).rejects.toMatchObject({ code: "DISCOVERY_FAILED" });
  });
});

describe("the plan of a backfill", () => {
  const options = { db: "a.duckdb", symbols: ["BTCUSDT"], unlisted: true, from: "2024-01-01" };

  it("has what is due, dormant symbols included", async () => {
    const threads = fakeThreads({ due: [[]] });
    const plan = await makePlan(BACKFILL, backfillSettings(options, NOW), threads, recorder().emit);
    expect(plan.steps).toEqual([]);
    const wanted = { symbols: ["BTCUSDT"], from: dayOf("2024-01-01"), to: yesterday, rest: false };
    expect(threads.calls).toContainEqual({ method: "due", args: [wanted, NOW] });
  });

  it("has everything when it refreshes", async () => {
    const settings = backfillSettings({ ...options, refresh: true }, NOW);
    const plan = await makePlan(BACKFILL, settings, fakeThreads(), recorder().emit);
    expect(describePlan("backfill", plan)).toMatchObject({
      command: "backfill",
      from: "2024-01-01",
      to: "2024-03-09",
      symbol_count: 1,
      cell_count: 69,
      steps: [{ source: "list", unit: "symbol", unit_count: 1, list_requests: 1 }],
    });
  });
});

describe("the plan of a sweep", () => {
  it("has every cell of every perpetual", async () => {
    const plan = await makePlan(SWEEP, sweepSettings({ db: "a.duckdb" }, NOW), fakeThreads(), recorder().emit);
    const days = yesterday - dayOf("2019-12-31") + 1;
    expect(plan.steps).toMatchObject([{ source: "list", by: "symbol", cellCount: 2 * days, unitCount: 2 }]);
  });

  it("is refused if nothing can be listed", () => {
    expect(() => sweepSettings({ db: "a.duckdb", endpoint: "https://h" }, NOW)).toThrow("listEndpoint");
  });
});

describe("the servers of a file", () => {
  const vision = { endpoint: "https://data.binance.vision", listEndpoint: "https://s3.example/data.binance.vision" };
  const claim = async (given: Endpoints, known: Endpoints | undefined, adoptEndpoint = false) => {
    const threads = fakeThreads({ facts: { endpoints: known, discoveredAt: NOW } });
    const { discoveredAt } = await claimEndpoints({ ...given, adoptEndpoint }, threads);
    return { adopts: threads.calls.map(({ method }) => method).includes("adopt"), discoveredAt };
  };
  const kept = { adopts: false, discoveredAt: NOW };

  it("are adopted by a file without any, and kept", async () => {
    expect(await claim(vision, undefined)).toEqual({ adopts: true, discoveredAt: NOW });
    expect(await claim(vision, vision)).toEqual(kept);
    expect(await claim({ ...vision, listEndpoint: undefined }, vision)).toEqual(kept);
    expect(await claim(vision, { ...vision, listEndpoint: undefined })).toEqual({ adopts: true, discoveredAt: NOW });
  });

  it.each([
    ["endpoint", "https://127.0.0.1:4433"],
    ["listEndpoint", "http://127.0.0.1:4433/data.binance.vision"],
    ["listEndpoint", "https://s3.example/another-bucket"],
  ] as const)("change only on request: %s %s; then the listing of the former is forgotten", async (server, url) => {
    const given = { ...vision, [server]: url };
    await expect(claim(given, vision)).rejects.toMatchObject({
      code: "USAGE",
      option: "adoptEndpoint",
      reason: expect.stringContaining(`filled from ${vision[server]}, not from ${url}`) as string,
    });
    expect(await claim(given, vision, true)).toEqual({ adopts: true, discoveredAt: undefined });
  });

  it("on this machine count as one, whatever their port", async () => {
    const local = (host: string): Endpoints => ({
      endpoint: `https://${host}`,
      listEndpoint: `https://${host}/bucket`,
    });
    expect(await claim(local("localhost:1"), local("127.0.0.1:2"))).toEqual(kept);
  });
});
