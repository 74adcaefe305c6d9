import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import type { Shard } from "../../src/rows/shard.js";
import { execute } from "../../src/run/execute.js";
import { makePlan, type Plan } from "../../src/run/plan.js";
import type { ProbeOptions } from "../../src/run/options.js";
import { summarize } from "../../src/run/summary.js";
import { UPDATE } from "../../src/run/update.js";
import { fakeThreads, recorder, settingsOf, type FakeOptions } from "./support.js";

const failed = (shard: Shard) =>
  shard.type === "head" && shard.day === dayOf("2024-03-08")
    ? [
        {
          symbolIndex: 1,
          from: shard.day,
          days: 1,
          failure: { kind: "status" as const, code: "HTTP_500", message: "the server answered 500" },
        },
      ]
    : [];

async function run(options: Partial<ProbeOptions> = {}, fakes: FakeOptions = {}) {
  const threads = fakeThreads(fakes);
  const { events, emit } = recorder();
  const settings = settingsOf(options);
  const plan = await makePlan(UPDATE, settings, threads, emit);
  const totals = await execute(plan, settings, threads, emit, Promise.resolve(undefined));
  const effort = { retried: [], dns: threads.dns, planMs: 1.23, elapsedMs: 12.345 };
  return { threads, events, summary: summarize("update", plan, totals, effort) };
}

describe("a run", () => {
  it("calls the writer in order, and reports what happens", async () => {
    const { threads, events, summary } = await run();
    expect(threads.calls.map(({ method }) => method)).toEqual([
      "begin",
      "beginStep",
      "endStep",
      "finish",
      "announcedDelistings",
      "conditions",
      "news",
      "due",
      "close",
    ]);
    expect(threads.calls.at(-1)?.args).toMatchObject([{ outcome: "whole", probes: 6 }]);
    expect(threads.shards).toHaveLength(3);
    expect(events.map(({ type }) => type)).toEqual(["planned", "probed", "publishing"]);
    expect(events[0]).toEqual({
      ...{ type: "planned", from: "2024-03-07", to: "2024-03-09" },
      ...{ symbol_count: 2, unit_count: 3, cell_count: 6 },
    });
    expect(summary).toMatchObject({ outcome: "whole", probes: 6, available: 6, failures: [], elapsed_ms: 12.3 });
  });

  it("reports a failure when it happens, and lists it at the end", async () => {
    const { threads, events, summary } = await run({}, { failuresOf: failed });
    const failure = { symbol: "ETHUSDT", date: "2024-03-08", days: 1, kind: "status", code: "HTTP_500" };
    expect(events.map(({ type }) => type)).toEqual(["planned", "failure", "probed", "publishing"]);
    expect(events[1]).toMatchObject({ type: "failure", ...failure, cause: null });
    expect(summary).toMatchObject({ outcome: "failed", failed: 1, failures: [failure] });
    expect(threads.calls.at(-1)?.args).toMatchObject([{ outcome: "failed" }]);
  });

  it("that is interrupted finishes the shard in hand and is recorded as interrupted", async () => {
    const interrupt = new AbortController();
    const onShard = () => {
      interrupt.abort();
    };
    const { threads, summary } = await run({ signal: interrupt.signal }, { onShard });
    expect(threads.shards).toHaveLength(1);
    expect(summary).toMatchObject({ outcome: "interrupted", probes: 2 });
    expect(threads.calls.at(-1)?.args).toMatchObject([{ outcome: "interrupted" }]);
  });

  it("stops early if more probes fail than allowed, once enough is known", async () => {
    const symbols = Array.from({ length: 150 }, (_, index) => `S${index}USDT`);
    const all = (shard: Shard) =>
      shard.type === "head"
        ? [...shard.symbolIndexes].map((symbolIndex) => ({
            ...{ symbolIndex, from: shard.day, days: 1 },
            failure: { kind: "other" as const, code: "X", message: "" },
          }))
        : [];
    const { threads, summary } = await run({ symbols, maxFailureRate: 0.5 }, { failuresOf: all });
    expect(summary).toMatchObject({ outcome: "stopped-early", probes: 300, failed: 300 });
    expect(summary.failures).toHaveLength(300);
    expect(threads.abandoned).toBe(true);
    expect(threads.calls.at(-1)?.args).toMatchObject([{ outcome: "failed" }]);
    expect((await run({ symbols }, { failuresOf: all })).summary).toMatchObject({ outcome: "failed", probes: 450 });
  });

  it.each([
    [false, "nothing-to-do", "whole"],
    [true, "interrupted", "interrupted"],
  ])("without cells (interrupted: %s) ends as %s", async (aborted, outcome, journaled) => {
    const threads = fakeThreads();
    const plan: Plan = { span: { from: 1, to: 2 }, symbols: [], steps: [] };
    const settings = settingsOf({ signal: aborted ? AbortSignal.abort() : undefined });
    expect(await execute(plan, settings, threads, recorder().emit, Promise.resolve(undefined))).toMatchObject({
      outcome,
    });
    expect(threads.calls.at(-1)?.args).toMatchObject([{ outcome: journaled }]);
  });
});
