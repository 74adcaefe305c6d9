import { createBatch, type ProbeBatch } from "../src/rows/batch.js";
import { PROBE_ROWS } from "../src/rows/columns.js";
import type { WholeUnit } from "../src/rows/unit.js";
import { hashText, mix } from "../src/replica/random.js";
import { syntheticHistory } from "../src/replica/synthetic.js";
import { DEFAULT_DATASET } from "../src/vision/datasets/default.js";
import { DAY_MS, type Day } from "../src/calendar/day.js";
import { classifySymbol } from "../src/vision/symbol.js";

/** A whole history as a backfill by LIST delivers it: every symbol and day, including missing cells. */
export interface BenchRows {
  symbols: string[];
  from: Day;
  days: number;
  /** Rows of each symbol, by day. */
  units: WholeUnit[];
  rows: number;
  available: number;
}

/** Keys per list page, which share the time of its arrival, and ms between two pages. */
const PAGE_DAYS = 500;
const PAGE_MS = 3;

/** The replica's synthetic history as units by symbol: realistic sizes, upload times and ETags; probe times by page. */
export function benchRows(symbolCount: number, days: number): BenchRows {
  const from = DEFAULT_DATASET.firstPeriod;
  const probedFrom = (from + days + 10) * DAY_MS + 33_000_000;
  const folders = syntheticHistory({ through: from + days - 1, symbols: symbolCount }).folders.filter(
    ({ symbol }) => classifySymbol(symbol).class !== "delivery",
  );
  let pages = 0;
  let available = 0;
  const units = folders.map((folder, symbolIndex): WholeUnit => {
    const rows = createBatch(PROBE_ROWS, days);
    rows.count = days;
    const { columns } = rows;
    columns.symbolIndex.fill(symbolIndex);
    columns.status.fill(404);
    for (let offset = 0; offset < days; offset++) {
      if (offset % PAGE_DAYS === 0) pages++;
      columns.day[offset] = from + offset;
      columns.probedAt[offset] = probedFrom + pages * PAGE_MS;
    }
    folder.days.forEach((day, index) => {
      const row = day - from;
      columns.status[row] = 200;
      columns.size[row] = folder.sizes[index] ?? 0;
      columns.lastModified[row] = (folder.uploaded[index] ?? 0) * 1000;
      writeEtag(columns, row, hashText(folder.symbol), day);
      available++;
    });
    return { source: "list", by: "symbol", key: symbolIndex, rows };
  });
  return { symbols: folders.map(({ symbol }) => symbol), from, days, units, rows: units.length * days, available };
}

/** A history without settled names, for peers that don't fold names: no ticker has two. */
export function withoutSettled(history: BenchRows): BenchRows {
  const kept = history.symbols.flatMap((symbol, index) => {
    const unit = history.units[index];
    return unit === undefined || classifySymbol(symbol).class === "settled" ? [] : [{ symbol, unit }];
  });
  const units = kept.map(({ unit }, key) => ({ ...unit, key, rows: atPlace(unit.rows, key) }));
  return { ...history, symbols: kept.map(({ symbol }) => symbol), units, rows: units.length * history.days };
}

function atPlace(rows: ProbeBatch, symbolIndex: number): ProbeBatch {
  rows.columns.symbolIndex.fill(symbolIndex);
  return rows;
}

/** A HEAD unit of a day after the history, probed at a given time (ms): all symbols available, ten answers per ms. */
export function dayAfter(symbols: readonly string[], day: Day, probedAt: number): WholeUnit {
  const rows = createBatch(PROBE_ROWS, symbols.length);
  rows.count = symbols.length;
  const { columns } = rows;
  columns.day.fill(day);
  columns.status.fill(200);
  for (let symbol = 0; symbol < symbols.length; symbol++) {
    columns.symbolIndex[symbol] = symbol;
    columns.size[symbol] = 30_000 + ((symbol * 7_919 + day * 104_729) % 40_000);
    columns.lastModified[symbol] = ((day + 1) * 86_400 + 30_600 + ((symbol * 31 + day) % 10_800)) * 1000;
    writeEtag(columns, symbol, symbol, day);
    columns.probedAt[symbol] = probedAt + Math.floor(symbol / 10);
  }
  return { source: "head", by: "day", key: day, rows };
}

/** Gives a file a unique ETag, as random as an md5. */
function writeEtag(columns: ProbeBatch["columns"], row: number, owner: number, day: Day): void {
  const high = mix(owner ^ mix(day));
  columns.etagHigh[row] = high;
  columns.etagLow[row] = mix(high ^ day);
}
