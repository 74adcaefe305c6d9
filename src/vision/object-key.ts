import { DATASET } from "./dataset.js";
import { formatDay, parseDay, type Day } from "./day.js";

/** What a key of the bucket names. `foreign` is anything that isn't a file of the dataset. */
export type ParsedKey =
  | { type: "kline"; symbol: string; day: Day }
  | { type: "checksum"; symbol: string; day: Day }
  | { type: "foreign" };

/** Prefix of all keys of one symbol. */
export function symbolPrefix(symbol: string): string {
  return `${DATASET.prefix}${symbol}/${DATASET.interval}/`;
}

/** Part of a file's name that comes before its date. */
function fileStem(symbol: string): string {
  return `${symbol}-${DATASET.interval}-`;
}

/** Key of one symbol's kline file of one day. */
export function klineKey(symbol: string, day: Day): string {
  return `${symbolPrefix(symbol)}${fileStem(symbol)}${formatDay(day)}.zip`;
}

/** Request path of a key: percent-encoded UTF-8, slashes kept. */
export function keyPath(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** The symbol's part of the request path, computed once per symbol: append a date and `.zip`. */
export function klinePathStem(symbol: string): string {
  return keyPath(symbolPrefix(symbol) + fileStem(symbol));
}

/** Reads a key back. The symbol of the folder and of the file name must agree and the date must exist. */
export function parseKey(key: string): ParsedKey {
  const foreign = { type: "foreign" } as const;
  if (!key.startsWith(DATASET.prefix)) return foreign;
  const end = key.indexOf("/", DATASET.prefix.length);
  const symbol = key.slice(DATASET.prefix.length, end);
  if (end < 0 || symbol === "") return foreign;
  const head = symbolPrefix(symbol) + fileStem(symbol);
  if (!key.startsWith(head)) return foreign;
  const day = parseDay(key.slice(head.length, head.length + 10));
  if (day === undefined) return foreign;
  switch (key.slice(head.length + 10)) {
    case ".zip":
      return { type: "kline", symbol, day };
    case ".zip.CHECKSUM":
      return { type: "checksum", symbol, day };
    default:
      return foreign;
  }
}
