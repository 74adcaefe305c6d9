import { DAY_MS, type Day } from "../calendar/day.js";
import { FLAT_BELOW_BYTES } from "../vision/lives.js";
import { KLINE_HEADER } from "./kline-zip.js";
import { chance, hashText } from "./random.js";

/** Purposes of {@link chance} in addition to those of the minutes; each number is used once. */
const draw = { base: 21, close: 22, high: 23, low: 24, volume: 25, taken: 26, trades: 27 } as const;

/** First day whose files have a header line. */
const HEADER_FROM = Date.UTC(2022, 0, 1) / DAY_MS;

/** A day with a 1-minute file: its bar is derived from the day and the size of that file. */
export interface MinuteFile {
  day: Day;
  /** Bytes of the zip. */
  size: number;
}

/** The CSV of 1d klines for some days of a symbol; a day whose minutes are flat has a bar without trades. */
export function barsCsv(symbol: string, files: readonly MinuteFile[], period: Day): string {
  const lines = files.map((file) => barLine(hashText(symbol), file));
  return `${(period >= HEADER_FROM ? [KLINE_HEADER, ...lines] : lines).join("\n")}\n`;
}

function barLine(owner: number, { day, size }: MinuteFile): string {
  const openTime = day * DAY_MS;
  const base = 1 + chance(owner, draw.base, 0) * 5_000;
  const times = (prices: string, rest: string) => `${openTime},${prices},${rest},0`;
  if (size < FLAT_BELOW_BYTES) {
    const price = base.toFixed(4);
    return times([price, price, price, price].join(), `0.000,${openTime + DAY_MS - 1},0.00000,0,0.000,0.00000`);
  }
  const close = base * (0.5 + chance(owner, draw.close, day, size));
  const open = base * (0.5 + chance(owner, draw.close, day - 1, size));
  const high = Math.max(open, close) * (1 + 0.1 * chance(owner, draw.high, day));
  const low = Math.min(open, close) * (1 - 0.1 * chance(owner, draw.low, day));
  const volume = 10 ** (3 + 4 * chance(owner, draw.volume, day, size));
  const quote = (volume * (open + close)) / 2;
  const taken = 0.3 + 0.4 * chance(owner, draw.taken, day);
  const trades = 1 + Math.floor(volume * (0.1 + chance(owner, draw.trades, day)));
  return times(
    [open, high, low, close].map((price) => price.toFixed(4)).join(),
    `${volume.toFixed(3)},${openTime + DAY_MS - 1},${quote.toFixed(5)},${trades},` +
      `${(volume * taken).toFixed(3)},${(quote * taken).toFixed(5)}`,
  );
}
