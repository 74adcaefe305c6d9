import type { Day } from "../../../src/calendar/day.js";
import { dayOf } from "../../../src/calendar/day.js";
import { periodSpan } from "../../../src/calendar/period.js";
import type { Span } from "../../../src/calendar/span.js";
import { createBatch, type Batch } from "../../../src/rows/batch.js";
import { BAR_ROWS, type BarRows } from "../../../src/rows/columns.js";
import type { VolumeFile, VolumeUnit } from "../../../src/rows/volume-unit.js";
import { openStore, type WritableStore } from "../../../src/store/open.js";
import { beginRun } from "../../../src/store/runs.js";
import { VolumeWriter } from "../../../src/store/volumes/commit.js";
import { BAR_VALUES } from "../../../src/vision/kline-csv.js";
import type { Bar } from "../../support/bars.js";
import { LATE } from "../../support/store.js";

/** A day's bar with made-up values. */
export function barOf(day: Day, close = 1.5): Bar {
  return {
    ...{ day, open: 1, high: 2, low: 1, close, volume: 10, quoteVolume: 15, tradeCount: 3 },
    ...{ takerBuyVolume: 4, takerBuyQuoteVolume: 6 },
  };
}

/** Bars of a symbol as a monthly file has them. */
export function barBatch(symbolIndex: number, bars: readonly Bar[]): Batch<BarRows> {
  const batch = createBatch(BAR_ROWS, bars.length);
  batch.count = bars.length;
  for (const [row, bar] of bars.entries()) {
    batch.columns.symbolIndex[row] = symbolIndex;
    batch.columns.day[row] = bar.day;
    batch.columns.status[row] = 200;
    batch.columns.isMonthly[row] = 1;
    for (const name of BAR_VALUES) batch.columns[name][row] = bar[name];
  }
  return batch;
}

/** The file of a month, by its first day. */
export function monthFile(month: string, rowCount = 1): VolumeFile {
  const facts = { size: 100, lastModified: LATE - 1, etag: { high: 1, low: 2 }, verified: true };
  return { cadence: "monthly", period: dayOf(`${month}-01`), rowCount, ...facts };
}

/** What is written for a symbol: complete monthly files. */
export function monthsUnit(symbolIndex: number, months: readonly string[], spans: readonly Span[]): VolumeUnit {
  const bars = months.flatMap((month) => {
    const { from, to } = periodSpan("monthly", dayOf(`${month}-01`));
    return Array.from({ length: to - from + 1 }, (_, at) => barOf(from + at));
  });
  const files = months.map((month) => monthFile(month));
  return { symbolIndex, bars: barBatch(symbolIndex, bars), files, spans, knownAt: LATE };
}

/** A store with a writer for the volumes of a run. */
export async function volumeWriterFor(
  file: string,
  symbols: readonly string[],
): Promise<{ store: WritableStore; writer: VolumeWriter }> {
  const store = await openStore(file);
  const run = { command: "volumes", from: 0, to: 0, symbolCount: symbols.length, startedAt: LATE };
  const runId = await beginRun(store, run);
  return { store, writer: await VolumeWriter.create(store, { runId, symbols }) };
}
