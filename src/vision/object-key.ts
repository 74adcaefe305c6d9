import { DATASET } from "./dataset.js";
import { formatDay, parseDay, type Day } from "../calendar/day.js";

/** What a key of the bucket names. `foreign` is anything that isn't a file of the dataset. */
export type ParsedKey =
  { type: "kline"; symbol: string; day: Day } | { type: "checksum"; symbol: string; day: Day } | { type: "foreign" };

const FILE_ENDING = ".zip";
/** What a checksum's key has after that of its file. */
const CHECKSUM_ENDING = ".CHECKSUM";
const DATE_LENGTH = "YYYY-MM-DD".length;

/** Prefix of all keys of one symbol. */
export function symbolPrefix(symbol: string): string {
  return `${DATASET.prefix}${symbol}/${DATASET.interval}/`;
}

/** Start of the keys of all files of one symbol: append a date. */
export function klineKeyStem(symbol: string): string {
  return `${symbolPrefix(symbol)}${symbol}-${DATASET.interval}-`;
}

/** Key of one symbol's kline file of one day. */
export function klineKey(symbol: string, day: Day): string {
  return `${klineKeyStem(symbol)}${formatDay(day)}${FILE_ENDING}`;
}

/** Request path of a key: percent-encoded UTF-8, slashes kept. */
export function keyPath(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** The symbol's part of the request path, computed once per symbol: append a date and `.zip`. */
export function klinePathStem(symbol: string): string {
  return keyPath(klineKeyStem(symbol));
}

/**
 * The day of a symbol's kline file, or undefined when the key is another one. The same as {@link parseKey} for a symbol
 * that is known, in a fifth of the time.
 *
 * @param stem of the symbol, as {@link klineKeyStem} gives it
 */
export function klineDay(stem: string, key: string): Day | undefined {
  if (key.length !== stem.length + DATE_LENGTH + FILE_ENDING.length) return undefined;
  if (!key.endsWith(FILE_ENDING) || !key.startsWith(stem)) return undefined;
  return parseDay(key.slice(stem.length, stem.length + DATE_LENGTH));
}

/** Whether a key is the checksum of one of a symbol's kline files. */
export function isChecksum(stem: string, key: string): boolean {
  return key.endsWith(CHECKSUM_ENDING) && klineDay(stem, key.slice(0, -CHECKSUM_ENDING.length)) !== undefined;
}

/** Reads a key back. The symbol of the folder and of the file name must agree and the date must exist. */
export function parseKey(key: string): ParsedKey {
  const foreign = { type: "foreign" } as const;
  if (!key.startsWith(DATASET.prefix)) return foreign;
  const end = key.indexOf("/", DATASET.prefix.length);
  const symbol = key.slice(DATASET.prefix.length, end);
  if (end < 0 || symbol === "") return foreign;
  const stem = klineKeyStem(symbol);
  if (!key.startsWith(stem)) return foreign;
  const day = parseDay(key.slice(stem.length, stem.length + DATE_LENGTH));
  if (day === undefined) return foreign;
  switch (key.slice(stem.length + DATE_LENGTH)) {
    case FILE_ENDING:
      return { type: "kline", symbol, day };
    case FILE_ENDING + CHECKSUM_ENDING:
      return { type: "checksum", symbol, day };
    default:
      return foreign;
  }
}
