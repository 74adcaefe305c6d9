import { NO_CHANGES } from "../../src/store/write/changes.js";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Counters } from "../../src/rows/counters.js";
import { COMMIT_AFTER_MS } from "../../src/store/write/session.js";
import { Writer } from "../../src/store/writer.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { D0, LATE, rowsOfCells } from "../support/store.js";

const SYMBOLS = ["AUSDT", "BUSDT"];
const RUN = { command: "test", from: D0, to: D0 + 1, symbolCount: 2, startedAt: LATE };
const END = {
  ...{ endedAt: LATE + 1, probes: 4, available: 4, missing: 0, failed: 0, replays: 0, retries: 0 },
  ...{ connectionsOpened: 1, rowsWritten: 4, unitsWritten: 2, outcome: "whole" as const },
};

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, "a.duckdb");
});
afterEach(() => {
  folder.remove();
});

const dayCells = (day: number) => rowsOfCells(SYMBOLS.map((_, symbol) => ({ symbol, day, size: 7 })));
const days = (...keys: number[]) => new Map(keys.map((key) => [key, SYMBOLS.length]));

describe("Writer", () => {
  it("writes a run of two steps, and knows it when it is opened again", async () => {
    const counters = new Counters();
    const writer = await Writer.open(file);
    writer.begin(RUN, SYMBOLS, counters);
    await writer.beginStep({ by: "symbol", source: "list", expected: new Map([[0, 1]]) });
    await writer.receive(rowsOfCells([{ symbol: 0, day: D0, size: 5 }]));
    await writer.endStep(1);
    await writer.beginStep({ by: "day", source: "head", expected: days(D0 + 1) });
    await writer.receive(dayCells(D0 + 1));
    await writer.endStep(2);
    expect(await writer.finish()).toMatchObject({ unitsWritten: 2, rowsWritten: 3, changes: NO_CHANGES });
    await writer.close(END);
    expect(counters.read()).toMatchObject({ unitsWritten: 2, rowsWritten: 3 });
    const again = await Writer.open(file);
    const wanted = { symbols: SYMBOLS, from: D0, to: D0 + 1, rest: true };
    expect((await again.due(wanted, LATE)).spans).toEqual([[], [{ from: D0, to: D0 }]]);
    expect(await again.conditions({ symbols: SYMBOLS, from: D0, to: D0 + 1, now: LATE })).toEqual([
      { condition: "partial", from: D0, to: D0 },
      { condition: "final", from: D0 + 1, to: D0 + 1 },
    ]);
    await again.adopt({ endpoint: "https://a", listEndpoint: undefined });
    expect(await again.facts()).toMatchObject({ endpoints: { endpoint: "https://a", listEndpoint: undefined } });
    await again.recordDiscovery([SYMBOLS[0] ?? ""], LATE);
    await again.recordDiscovery([SYMBOLS[1] ?? ""], LATE);
    await again.adopt({ endpoint: "https://a", listEndpoint: "https://l" });
    expect(await again.facts()).toMatchObject({ discoveredAt: LATE });
    await again.adopt({ endpoint: "https://b", listEndpoint: undefined });
    const { symbols, discoveredAt } = await again.facts();
    expect(discoveredAt).toBeUndefined();
    expect(symbols.map(({ symbol, absentAt }) => [symbol, absentAt])).toEqual(SYMBOLS.map((one) => [one, undefined]));
    await again.close();
    expect(await rowsOf(file, "SELECT source, unit FROM units ORDER BY source")).toEqual([
      ["head", "2024-03-02"],
      ["list", "AUSDT"],
    ]);
    expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });

  it("drops incomplete units at the end of a step", async () => {
    const writer = await Writer.open(file);
    writer.begin(RUN, SYMBOLS, new Counters());
    await writer.beginStep({ by: "day", source: "head", expected: days(D0, D0 + 1) });
    await writer.receive(dayCells(D0));
    await writer.receive(rowsOfCells([{ symbol: 1, day: D0 + 1, size: 5 }]));
    await writer.endStep(3);
    expect(await writer.finish()).toMatchObject({ unitsWritten: 1, rowsWritten: 2 });
    await writer.close();
    expect(await rowsOf(file, "SELECT outcome FROM runs")).toEqual([[null]]);
  });

  it("commits few units once they have waited", async () => {
    const counters = new Counters();
    const writer = await Writer.open(file);
    writer.begin(RUN, SYMBOLS, counters);
    await writer.beginStep({ by: "day", source: "head", expected: days(D0) });
    await writer.receive(dayCells(D0));
    await writer.commitIfDue(performance.now() + COMMIT_AFTER_MS);
    expect(counters.read()).toMatchObject({ unitsWritten: 1, rowsWritten: 2 });
    await writer.close();
  });

  it("drops rows that arrive outside a run, and refuses a run's calls then", async () => {
    const writer = await Writer.open(file);
    await writer.receive(dayCells(D0));
    await expect(writer.beginStep({ by: "day", source: "head", expected: days(D0) })).rejects.toThrow(
      "outside of a run",
    );
    await expect(writer.finish()).rejects.toThrow("outside of a run");
    writer.begin(RUN, SYMBOLS, new Counters());
    await expect(writer.receive(dayCells(D0))).rejects.toThrow("before a step began");
    await writer.close();
  });
});
