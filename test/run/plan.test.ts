import { describe, expect, it } from "vitest";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { countPlan, describePlan, makePlan } from "../../src/run/plan.js";
import { backfillSettings } from "../../src/run/settings.js";
import { BACKFILL } from "../../src/run/backfill.js";
import { UPDATE, updateSpan } from "../../src/run/update.js";
import { fakeThreads, NOW, recorder, settingsOf } from "./support.js";

const yesterday = dayOf("2024-03-09");

describe("the days of an update", () => {
  it.each([
    [{}, undefined, ["2024-03-07", "2024-03-09"]],
    [{}, "2024-03-01", ["2024-03-02", "2024-03-09"]],
    [{ date: "2024-02-01" }, "2024-03-01", ["2024-02-01", "2024-02-01"]],
    [{ date: "2024-02-10", lookback: 10 }, "2024-03-01", ["2024-02-01", "2024-02-10"]],
    [{ lookback: 1 }, undefined, ["2024-03-09", "2024-03-09"]],
  ] as const)("%j after %s are %j", (given, lastFinal, days) => {
    const settings = {
      now: NOW,
      date: "date" in given ? dayOf(given.date) : undefined,
      lookback: "lookback" in given ? given.lookback : undefined,
    };
    const { from, to } = updateSpan(settings, { lastFinalDay: lastFinal && dayOf(lastFinal) });
    expect([formatDay(from), formatDay(to)]).toEqual(days);
  });
});

describe("the plan of an update", () => {
  it("takes every symbol on each of the days", async () => {
    const plan = await makePlan(UPDATE, settingsOf(), fakeThreads(), recorder().emit);
    expect(plan).toMatchObject({ span: { from: yesterday - 2, to: yesterday }, symbols: ["BTCUSDT", "ETHUSDT"] });
    expect(plan.steps).toMatchObject([{ by: "day", source: "head", cellCount: 6, unitCount: 3, reason: "as asked" }]);
    expect(countPlan(plan)).toEqual({ cellCount: 6, unitCount: 3 });
  });

  it("asks the bucket for symbols when none are named and the file's list is old, and leaves deliveries out", async () => {
    const threads = fakeThreads({
      facts: { symbols: [{ symbol: "OLDUSDT", class: "perpetual", quote: "USDT" }], discoveredAt: 0 } as never,
      folders: { type: "folders", names: ["BTCUSDT", "BTCUSDT_231229", "not a symbol"] },
    });
    const { events, emit } = recorder();
    const plan = await makePlan(UPDATE, settingsOf({ symbols: undefined }), threads, emit);
    expect(plan.symbols).toEqual(["BTCUSDT", "OLDUSDT"]);
    expect(events).toEqual([{ type: "discovered", symbol_count: 2, added: [], gone: [] }]);
  });

  it("says when a backfill would be the better way", async () => {
    const { events, emit } = recorder();
    await makePlan(UPDATE, settingsOf(), fakeThreads({ facts: { lastFinalDay: yesterday - 100 } }), emit);
    expect(events).toMatchObject([{ type: "notice", message: expect.stringContaining("100 days behind") as string }]);
  });

  it("is empty when the signal comes during the discovery, and the probers are stopped", async () => {
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
  ])("of %j ends with %s", async (options, code) => {
    await expect(makePlan(UPDATE, settingsOf(options), fakeThreads(), recorder().emit)).rejects.toMatchObject({ code });
  });

  it("ends when the bucket can't be listed", async () => {
    const folders = { type: "failed", failure: { kind: "status", code: "HTTP_500", message: "" } } as const;
    const planning = makePlan(UPDATE, settingsOf({ symbols: undefined }), fakeThreads({ folders }), recorder().emit);
    await expect(planning).rejects.toMatchObject({ code: "DISCOVERY_FAILED" });
  });
});

describe("the plan of a backfill", () => {
  it("lists what is final by symbol and takes what may change by day", async () => {
    const options = { db: "a.duckdb", symbols: ["BTCUSDT"], from: "2024-01-01", refresh: true };
    const plan = await makePlan(BACKFILL, backfillSettings(options, NOW), fakeThreads(), recorder().emit);
    expect(plan.steps.map(({ by, source }) => [by, source])).toEqual([
      ["symbol", "list"],
      ["day", "list"],
    ]);
    expect(describePlan("backfill", plan)).toMatchObject({
      command: "backfill",
      from: "2024-01-01",
      to: "2024-03-09",
      symbol_count: 1,
      cell_count: 69,
      steps: [{ source: "list", unit: "symbol", unit_count: 1, list_requests: 1 }, { unit: "day" }],
    });
  });
});
