import { DATASET } from "./dataset.js";
import { formatDay, parseDay, type Day } from "./day.js";

/** What a key of the bucket names. `foreign` is anything that isn't a file of the dataset. */
export type ParsedKey =
  { type: "kline"; symbol: string; day: Day } | { type: "checksum"; symbol: string; day: Day } | { type: "foreign" };

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
  return `${klineKeyStem(symbol)}${formatDay(day)}.zip`;
}

/** Request path of a key: percent-encoded UTF-8, slashes kept. */
export function keyPath(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** The symbol's part of the request path, computed once per symbol: append a date and `.zip`. */
export function klinePathStem(symbol: string): string {
  return keyPath(klineKeyStem(symbol));
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
  const day = parseDay(key.slice(stem.length, stem.length + 10));
  if (day === undefined) return foreign;
  switch (key.slice(stem.length + 10)) {
    case ".zip":
      return { type: "kline", symbol, day };
    case ".zip.CHECKSUM":
      return { type: "checksum", symbol, day };
    default:
      return foreign;
  }
}
