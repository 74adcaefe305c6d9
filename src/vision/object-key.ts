import { type Day } from "../calendar/day.js";
import { formatPeriod, parsePeriod, PERIOD_LENGTH } from "../calendar/period.js";
import type { Dataset } from "./dataset.js";

/** What a key of the bucket names. `foreign` is anything that isn't a file of the dataset. */
export type ParsedKey =
  | { type: "file"; symbol: string; period: Day }
  | { type: "checksum"; symbol: string; period: Day }
  | { type: "foreign" };

/** Folder of each market. */
const MARKET_FOLDER: Readonly<Record<Dataset["market"], string>> = {
  um: "futures/um",
  cm: "futures/cm",
  spot: "spot",
  option: "option",
};

const FILE_ENDING = ".zip";
/** What the key of a checksum has after that of its file. */
export const CHECKSUM_ENDING = ".CHECKSUM";

/** Prefix under which each symbol of a dataset has a folder. */
export function datasetPrefix({ market, cadence, kind }: Dataset): string {
  return `data/${MARKET_FOLDER[market]}/${cadence}/${kind}/`;
}

/** Prefix of all keys of one symbol. */
export function symbolPrefix(dataset: Dataset, symbol: string): string {
  const { interval } = dataset;
  return `${datasetPrefix(dataset)}${symbol}/${interval === undefined ? "" : `${interval}/`}`;
}

/** Start of the name of every file of one symbol: append a period and `.zip`. */
export function fileNameStem({ interval, kind }: Dataset, symbol: string): string {
  return `${symbol}-${interval ?? kind}-`;
}

/** Start of the keys of all files of one symbol: append a period and `.zip`. */
export function fileKeyStem(dataset: Dataset, symbol: string): string {
  return symbolPrefix(dataset, symbol) + fileNameStem(dataset, symbol);
}

/** End of the key of the file of a period, after the {@link fileKeyStem}. */
export function fileKeyEnd({ cadence }: Dataset, period: Day): string {
  return formatPeriod(cadence, period) + FILE_ENDING;
}

/** Key of the file of one symbol and one period. */
export function fileKey(dataset: Dataset, symbol: string, period: Day): string {
  return fileKeyStem(dataset, symbol) + fileKeyEnd(dataset, period);
}

/** Key of the checksum of a file. */
export function checksumKey(key: string): string {
  return key + CHECKSUM_ENDING;
}

/** Request path of a key: percent-encoded UTF-8, slashes kept. */
export function keyPath(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** The symbol's part of the request path, computed once per symbol: append {@link fileKeyEnd}. */
export function filePathStem(dataset: Dataset, symbol: string): string {
  return keyPath(fileKeyStem(dataset, symbol));
}

/**
 * The period of a symbol's file, or undefined when the key is another one. The same as {@link parseKey} for a symbol
 * that is known, in a fifth of the time.
 *
 * @param stem of the symbol, as {@link fileKeyStem} gives it
 */
export function filePeriod({ cadence }: Dataset, stem: string, key: string): Day | undefined {
  const length = PERIOD_LENGTH[cadence];
  if (key.length !== stem.length + length + FILE_ENDING.length) return undefined;
  if (!key.endsWith(FILE_ENDING) || !key.startsWith(stem)) return undefined;
  return parsePeriod(cadence, key.slice(stem.length, stem.length + length));
}

/** Whether a key is the checksum of one of a symbol's files. */
export function isChecksum(dataset: Dataset, stem: string, key: string): boolean {
  return (
    key.endsWith(CHECKSUM_ENDING) && filePeriod(dataset, stem, key.slice(0, -CHECKSUM_ENDING.length)) !== undefined
  );
}

/** The symbol and the period that the name of a file tells, or undefined when it is not the name of one. */
export function fileNameOf(dataset: Dataset, name: string): { symbol: string; period: Day } | undefined {
  const start = name.length - PERIOD_LENGTH[dataset.cadence] - FILE_ENDING.length;
  const end = fileNameStem(dataset, "");
  if (!name.endsWith(FILE_ENDING) || start <= end.length || !name.slice(0, start).endsWith(end)) return undefined;
  const period = parsePeriod(dataset.cadence, name.slice(start, -FILE_ENDING.length));
  return period === undefined ? undefined : { symbol: name.slice(0, start - end.length), period };
}

/** Reads a key back. The symbol of the folder and of the file name must agree and the period must exist. */
export function parseKey(dataset: Dataset, key: string): ParsedKey {
  const foreign = { type: "foreign" } as const;
  const prefix = datasetPrefix(dataset);
  if (!key.startsWith(prefix)) return foreign;
  const end = key.indexOf("/", prefix.length);
  const symbol = key.slice(prefix.length, end);
  if (end < 0 || symbol === "") return foreign;
  const stem = fileKeyStem(dataset, symbol);
  if (!key.startsWith(stem)) return foreign;
  const length = PERIOD_LENGTH[dataset.cadence];
  const period = parsePeriod(dataset.cadence, key.slice(stem.length, stem.length + length));
  if (period === undefined) return foreign;
  switch (key.slice(stem.length + length)) {
    case FILE_ENDING:
      return { type: "file", symbol, period };
    case FILE_ENDING + CHECKSUM_ENDING:
      return { type: "checksum", symbol, period };
    default:
      return foreign;
  }
}
