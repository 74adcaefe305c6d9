import { type Day } from "../calendar/day.js";
import { formatPeriod, parsePeriod, PERIOD_LENGTH } from "../calendar/period.js";
import type { Dataset } from "./dataset.js";

/** What a key of the bucket refers to. `foreign` is anything that doesn't belong to the dataset. */
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
/** Suffix that turns the key of a file into that of its checksum. */
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

/** Common start of the names of one symbol's files: append a period and `.zip`. */
export function fileNameStem({ interval, kind }: Dataset, symbol: string): string {
  return `${symbol}-${interval ?? kind}-`;
}

/** Common start of the keys of one symbol's files: append a period and `.zip`. */
export function fileKeyStem(dataset: Dataset, symbol: string): string {
  return symbolPrefix(dataset, symbol) + fileNameStem(dataset, symbol);
}

/** End of the key of a period's file, after the {@link fileKeyStem}. */
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
 * The period of a symbol's file, or undefined for any other key. Same result as {@link parseKey} for a known symbol, in
 * a fifth of the time.
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

/** The symbol and period in the name of a file, or undefined when it is not a file name of the dataset. */
export function fileNameOf(dataset: Dataset, name: string): { symbol: string; period: Day } | undefined {
  const start = name.length - PERIOD_LENGTH[dataset.cadence] - FILE_ENDING.length;
  const end = fileNameStem(dataset, "");
  if (!name.endsWith(FILE_ENDING) || start <= end.length || !name.slice(0, start).endsWith(end)) return undefined;
  const period = parsePeriod(dataset.cadence, name.slice(start, -FILE_ENDING.length));
  return period === undefined ? undefined : { symbol: name.slice(0, start - end.length), period };
}

/** Parses a key. The symbols of the folder and the file name must agree, and the period must exist. */
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
