import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { fileKeyEnd, fileNameStem } from "../vision/object-key.js";
import { DAY_MS, type Day } from "../calendar/day.js";
import type { Folder } from "./history.js";
import { chance, hashText } from "./random.js";

const MINUTES = 1_440;

/** The first line of a CSV of klines of any interval. */
export const KLINE_HEADER =
  "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore";

/** Purposes of {@link chance}; each number is used once. */
const draw = { close: 1, trades: 2, move: 3, volume: 4, taken: 5 } as const;

/** Approximate compressed size of a minute with and without trades, by which the number of rows is chosen. */
const LIVE_ROW_BYTES = 46;
const FLAT_ROW_BYTES = 5.8;

/** Maximum length of a zip entry's comment. */
const MAX_COMMENT = 65_535;

/** Name of the file inside the bucket's folder. */
export function zipName(symbol: string, day: Day): string {
  return fileNameStem(DEFAULT_DATASET, symbol) + fileKeyEnd(DEFAULT_DATASET, day);
}

/**
 * The zip of a symbol's day, exactly `size` bytes long: one CSV of 1-minute klines like those in the bucket. It
 * contains as many minutes with trades as fit, the rest are flat, and the entry's comment pads the remainder. A size
 * below 8.6 kB gets fewer rows: fflate can't pack a flat day any smaller, while the bucket's take 7.4 to 8.1 kB.
 */
export function klineZip(symbol: string, day: Day, size: number): Uint8Array {
  let budget = size;
  // Rows compress to slightly more or less than estimated; one or two retries with fewer rows make them fit.
  for (;;) {
    const zip = zipRows(symbol, day, budget, "");
    const missing = size - zip.length;
    if (missing < 0) budget += Math.min(missing, -64);
    else if (missing <= MAX_COMMENT) return missing === 0 ? zip : zipRows(symbol, day, budget, " ".repeat(missing));
    else throw new RangeError(`${symbol}: a day of klines doesn't fill ${size} bytes`);
  }
}

/** The checksum file beside a zip: `sha256  name`, as `sha256sum` prints it. */
export function checksumFile(symbol: string, day: Day, size: number): Buffer {
  const digest = createHash("sha256")
    .update(klineZip(symbol, day, size))
    .digest("hex");
  return Buffer.from(`${digest}  ${zipName(symbol, day)}\n`);
}

/** Length of a folder's checksum files, computed without building a zip. */
export function checksumBytes({ dataset, symbol }: Pick<Folder, "dataset" | "symbol">): number {
  return 64 + 2 + Buffer.byteLength(fileNameStem(dataset, symbol) + fileKeyEnd(dataset, 0)) + 1;
}

function zipRows(symbol: string, day: Day, budget: number, comment: string): Uint8Array {
  const name = zipName(symbol, day).replace(/zip$/, "csv");
  const forRows = Math.max(0, budget - 98 - 2 * Buffer.byteLength(name) - 100);
  const rows = Math.max(1, Math.min(MINUTES, Math.floor(forRows / FLAT_ROW_BYTES)));
  const live = Math.min(rows, Math.floor((forRows - rows * FLAT_ROW_BYTES) / (LIVE_ROW_BYTES - FLAT_ROW_BYTES)));
  const csv = Buffer.from(klineCsv(symbol, day, rows, Math.max(0, live)));
  return zipSync({ [name]: [csv, { mtime: new Date((day + 1) * DAY_MS), ...(comment && { comment }) }] }, { level: 6 });
}

/** Klines of the first `rows` minutes; the first `live` of them have trades, the others repeat the last close. */
function klineCsv(symbol: string, day: Day, rows: number, live: number): string {
  const owner = hashText(symbol);
  const lines = [KLINE_HEADER];
  let close = 1 + Math.floor(chance(owner, draw.close, day) * 50_000);
  for (let minute = 0; minute < rows; minute++) {
    const openTime = day * DAY_MS + minute * 60_000;
    const open = close;
    const trades = minute < live ? 1 + Math.floor(chance(owner, draw.trades, day, minute) * 2_000) : 0;
    if (trades > 0) close = Math.max(1, open + Math.floor((chance(owner, draw.move, day, minute) - 0.5) * 60));
    const high = Math.max(open, close) + (trades % 17);
    const low = Math.max(1, Math.min(open, close) - (trades % 13));
    const volume = trades === 0 ? 0 : chance(owner, draw.volume, day, minute) * 10_000;
    const taken = volume * chance(owner, draw.taken, day, minute);
    const prices = [open, high, low, close].map((ticks) => (ticks / 100).toFixed(2)).join();
    lines.push(
      `${openTime},${prices},${volume.toFixed(3)},${openTime + 59_999},${((volume * close) / 100).toFixed(5)},` +
        `${trades},${taken.toFixed(3)},${((taken * close) / 100).toFixed(5)},0`,
    );
  }
  return `${lines.join("\n")}\n`;
}
