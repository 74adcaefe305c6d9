import { emptyRows } from "../src/store/write/assemble.js";
import type { WholeUnit } from "../src/store/write/commit.js";
import type { RowBatch } from "../src/rows/batch.js";
import { syntheticHistory } from "../src/replica/synthetic.js";
import { DEFAULT_DATASET } from "../src/vision/datasets/default.js";
import { DAY_MS, type Day } from "../src/calendar/day.js";
import { classifySymbol } from "../src/vision/symbol.js";

/** A whole history as a backfill by LIST brings it: every symbol, every day, missing ones included. */
export interface BenchRows {
  symbols: string[];
  from: Day;
  days: number;
  /** Rows of each symbol, by day. */
  units: WholeUnit[];
  rows: number;
  available: number;
}

/** Keys of a listing page that share the time of its arrival, and ms between two pages. */
const PAGE_DAYS = 500;
const PAGE_MS = 3;

/** The replica's synthetic history as units by symbol: sizes and upload times of the real kind, probe times by page. */
export function benchRows(symbolCount: number, days: number): BenchRows {
  const from = DEFAULT_DATASET.firstPeriod;
  const probedFrom = (from + days + 10) * DAY_MS + 33_000_000;
  const folders = syntheticHistory({ through: from + days - 1, symbols: symbolCount }).folders.filter(
    ({ symbol }) => classifySymbol(symbol).class !== "delivery",
  );
  let pages = 0;
  let available = 0;
  const units = folders.map((folder, symbol): WholeUnit => {
    const rows = emptyRows(days);
    rows.count = days;
    rows.symbol.fill(symbol);
    rows.status.fill(404);
    for (let offset = 0; offset < days; offset++) {
      if (offset % PAGE_DAYS === 0) pages++;
      rows.day[offset] = from + offset;
      rows.probedAt[offset] = probedFrom + pages * PAGE_MS;
    }
    folder.days.forEach((day, index) => {
      const row = day - from;
      rows.status[row] = 200;
      rows.size[row] = folder.sizes[index] ?? 0;
      rows.lastModified[row] = (folder.uploaded[index] ?? 0) * 1000;
      available++;
    });
    return { source: "list", by: "symbol", key: symbol, rows };
  });
  return { symbols: folders.map(({ symbol }) => symbol), from, days, units, rows: units.length * days, available };
}

/** A HEAD unit of a day after the history, probed at an instant (ms): all symbols there, ten answers a ms. */
export function dayAfter(symbols: readonly string[], day: Day, probedAt: number): WholeUnit {
  const rows: RowBatch = emptyRows(symbols.length);
  rows.count = symbols.length;
  rows.day.fill(day);
  rows.status.fill(200);
  for (let symbol = 0; symbol < symbols.length; symbol++) {
    rows.symbol[symbol] = symbol;
    rows.size[symbol] = 30_000 + ((symbol * 7_919 + day * 104_729) % 40_000);
    rows.lastModified[symbol] = ((day + 1) * 86_400 + 30_600 + ((symbol * 31 + day) % 10_800)) * 1000;
    rows.probedAt[symbol] = probedAt + Math.floor(symbol / 10);
  }
  return { source: "head", by: "day", key: day, rows };
}
