import type { Day } from "../calendar/day.js";
import type { Dataset } from "../vision/dataset.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import { compareUtf8 } from "../vision/list-order.js";
import { classifySymbol } from "../vision/symbol.js";

/**
 * The files in a bucket: one folder per symbol, and foreign objects beside them. Plain data, so that a history can be
 * sent to a thread; immutable once built.
 */
export interface History {
  /** Folders with at least one file, sorted by the UTF-8 bytes of their names, like in S3. */
  folders: readonly Folder[];
  /** Objects that are not files of the dataset, sorted by the UTF-8 bytes of their keys. */
  foreign: readonly ForeignObject[];
}

/** The kline files of one symbol. Element i of each column belongs to the i-th file. */
export interface Folder {
  /** The dataset of its files; a history's own folders belong to the default dataset. */
  dataset: Dataset;
  symbol: string;
  /** First days of the periods with a file, ascending. */
  days: Int32Array;
  /** Bytes of the zip. */
  sizes: Uint32Array;
  /** Upload time in seconds since the Unix epoch; S3 keeps no finer time. */
  uploaded: Uint32Array;
}

/** An object with an arbitrary key: `BTCUSDT//`, `part-00000-….zip`. Its content is `size` zero bytes. */
export interface ForeignObject {
  key: string;
  /** Bytes. */
  size: number;
  /** Upload time in seconds since the Unix epoch. */
  uploaded: number;
}

/**
 * Sizes that a kline file may have: the minimum has room for a zip with one row, the maximum exceeds the real bucket's
 * (68,483).
 */
export const KLINE_BYTES = { min: 1_024, max: 110_000 } as const;

/** Index of a day's file in its folder, or -1. */
export function fileIndex(folder: Folder, day: Day): number {
  const { days } = folder;
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Number(days[middle]) < day) low = middle + 1;
    else high = middle;
  }
  return days[low] === day ? low : -1;
}

/** Number of files in a history, without checksums and foreign objects. */
export function countFiles(history: History): number {
  return history.folders.reduce((sum, folder) => sum + folder.days.length, 0);
}

/** Number of symbols that `bfa update` covers: perpetual and settled contracts, not delivery contracts. */
export function countSymbols(history: History): number {
  return history.folders.filter((folder) => classifySymbol(folder.symbol).class !== "delivery").length;
}

/** Collects one symbol's files in ascending order of days. */
export class FolderBuilder {
  readonly symbol: string;
  #count = 0;
  #days = new Int32Array(64);
  #sizes = new Uint32Array(64);
  #uploaded = new Uint32Array(64);

  constructor(
    symbol: string,
    private readonly dataset: Dataset = DEFAULT_DATASET,
  ) {
    this.symbol = symbol;
  }

  /** Adds a file of `size` bytes, uploaded at `uploaded` seconds since the Unix epoch. */
  add(day: Day, size: number, uploaded: number): void {
    if (this.#count === this.#days.length) {
      this.#days = grown(this.#days, new Int32Array(this.#count * 2));
      this.#sizes = grown(this.#sizes, new Uint32Array(this.#count * 2));
      this.#uploaded = grown(this.#uploaded, new Uint32Array(this.#count * 2));
    }
    this.#days[this.#count] = day;
    this.#sizes[this.#count] = size;
    this.#uploaded[this.#count] = uploaded;
    this.#count++;
  }

  /** The folder with all files added so far. */
  build(): Folder {
    return {
      dataset: this.dataset,
      symbol: this.symbol,
      days: this.#days.slice(0, this.#count),
      sizes: this.#sizes.slice(0, this.#count),
      uploaded: this.#uploaded.slice(0, this.#count),
    };
  }
}

function grown<T extends Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Sorts folders and foreign objects into a history, without empty folders, which don't exist in S3. */
export function historyOf(folders: Iterable<Folder>, foreign: Iterable<ForeignObject> = []): History {
  return {
    folders: [...folders].filter((folder) => folder.days.length > 0).sort((a, b) => compareUtf8(a.symbol, b.symbol)),
    foreign: [...foreign].sort((a, b) => compareUtf8(a.key, b.key)),
  };
}
