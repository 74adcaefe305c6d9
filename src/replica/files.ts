import { UsageError } from "../errors.js";
import type { Day } from "../calendar/day.js";
import { parseKey } from "../vision/object-key.js";
import { FolderBuilder, historyOf, KLINE_BYTES, type ForeignObject, type History } from "./history.js";
import { SERVED_DATASETS } from "./bar-files.js";

/** A kline file of an explicit history. */
export interface ListedFile {
  symbol: string;
  day: Day;
  /** Bytes of the zip, within {@link KLINE_BYTES}. */
  size: number;
  /** Upload time in ms since the Unix epoch, a whole second. */
  lastModified: number;
}

/** An object whose key is neither a kline file nor its checksum. */
export interface ListedForeignFile {
  key: string;
  /** Bytes. */
  size: number;
  /** Upload time in ms since the Unix epoch, a whole second. */
  lastModified: number;
}

/**
 * A history from plain lists in any order; for duplicates, the last entry wins.
 *
 * @throws UsageError for a size or a time that the replica can't serve, or a foreign key that belongs to a kline file
 */
export function listedHistory(files: readonly ListedFile[], foreign: readonly ListedForeignFile[] = []): History {
  const bySymbol = new Map<string, Map<Day, ListedFile>>();
  for (const file of files) {
    if (!Number.isInteger(file.size) || file.size < KLINE_BYTES.min || file.size > KLINE_BYTES.max) {
      const range = `${KLINE_BYTES.min} to ${KLINE_BYTES.max}`;
      throw new UsageError(`${file.symbol}: a kline file can't have ${file.size} bytes here; use ${range}`);
    }
    const days = bySymbol.get(file.symbol) ?? new Map<Day, ListedFile>();
    bySymbol.set(file.symbol, days.set(file.day, file));
  }
  const folders = [...bySymbol].map(([symbol, days]) => {
    const builder = new FolderBuilder(symbol);
    for (const file of [...days.values()].sort((a, b) => a.day - b.day)) {
      builder.add(file.day, file.size, wholeSecond(file.lastModified, symbol));
    }
    return builder.build();
  });
  return historyOf(folders, new Map(foreign.map((file) => [file.key, foreignObject(file)])).values());
}

function foreignObject({ key, size, lastModified }: ListedForeignFile): ForeignObject {
  if (key === "" || SERVED_DATASETS.some((dataset) => parseKey(dataset, key).type !== "foreign"))
    throw new UsageError(`'${key}' is not a foreign key`);
  if (!Number.isInteger(size) || size < 0) throw new UsageError(`${key}: ${size} is not a size in bytes`);
  return { key, size, uploaded: wholeSecond(lastModified, key) };
}

function wholeSecond(ms: number, owner: string): number {
  const seconds = ms / 1000;
  if (!Number.isInteger(seconds) || seconds < 0) {
    throw new UsageError(`${owner}: ${ms} ms is not a whole second, which is S3's resolution`);
  }
  // Histories keep seconds as 32 bits.
  if (seconds > 0xffffffff) throw new UsageError(`${owner}: ${ms} ms is after 2106-02-07, the last time served here`);
  return seconds;
}
