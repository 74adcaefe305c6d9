import { symbolPrefix, fileKey } from "../vision/object-key.js";
import { compareUtf8 } from "../vision/list-order.js";
import type { Folder, ForeignObject, History } from "./history.js";
import { barFolders } from "./bar-files.js";

/**
 * The keys of a history in S3's order, addressed by position from 0 to `count`, without storing them: a history of 327
 * symbols over 2,240 days has 1.4 million keys.
 */
export interface KeyOrder {
  count: number;
  runs: readonly Run[];
}

/** Consecutive keys: files of one folder with their checksums, or one foreign object. */
export type Run =
  | {
      type: "folder";
      /** Position of the run's first key. */
      start: number;
      count: number;
      folder: Folder;
      /** The run's first key within its folder: file `first >> 1`, its zip when even, its checksum when odd. */
      first: number;
    }
  | { type: "foreign"; start: number; count: 1; object: ForeignObject };

/** Orders a history's keys. A foreign key that sorts between a folder's files splits them into two runs. */
export function orderKeys(history: History): KeyOrder {
  const runs: Run[] = [];
  let count = 0;
  const push = (run: Run): void => {
    runs.push(run);
    count += run.count;
  };
  const foreign = [...history.foreign];
  const pushForeignBefore = (key: string | undefined): void => {
    for (let object = foreign[0]; object; object = foreign[0]) {
      if (key !== undefined && compareUtf8(object.key, key) > 0) return;
      push({ type: "foreign", start: count, count: 1, object });
      foreign.shift();
    }
  };
  for (const folder of servedFolders(history)) {
    const keys = folder.days.length * 2;
    for (let first = 0; first < keys;) {
      pushForeignBefore(folderKey(folder, first));
      const next = foreign[0]?.key;
      const end =
        next === undefined ? keys : firstIndex(first, keys, (i) => compareUtf8(folderKey(folder, i), next) > 0);
      push({ type: "folder", start: count, count: end - first, folder, first });
      first = end;
    }
  }
  pushForeignBefore(undefined);
  return { count, runs };
}

/** The key at a position. */
export function keyAt(order: KeyOrder, position: number): string {
  const run = runAt(order, position);
  return run.type === "foreign" ? run.object.key : folderKey(run.folder, run.first + position - run.start);
}

/** The run that contains a position below `order.count`. */
export function runAt(order: KeyOrder, position: number): Run {
  const run = order.runs[firstIndex(0, order.runs.length, (i) => startOf(order, i) > position) - 1];
  if (!run) throw new RangeError(`no key at position ${position}`);
  return run;
}

/** Position of the first key that sorts after `key`; `order.count` when there is none. */
export function positionAfter(order: KeyOrder, key: string): number {
  return firstPosition(order, (candidate) => compareUtf8(candidate, key) > 0);
}

/** Position of the first key that sorts at or after `key`. */
export function positionFrom(order: KeyOrder, key: string): number {
  return firstPosition(order, (candidate) => compareUtf8(candidate, key) >= 0);
}

/** Position of the first key after all those that begin with `prefix`. */
export function positionBehind(order: KeyOrder, prefix: string): number {
  return firstPosition(order, (candidate) => compareUtf8(candidate, prefix) > 0 && !candidate.startsWith(prefix));
}

/** Searches the runs by their first keys, then inside one run, which builds 20 keys instead of a million. */
function firstPosition(order: KeyOrder, matches: (key: string) => boolean): number {
  const { runs } = order;
  const next = firstIndex(0, runs.length, (i) => matches(keyAt(order, startOf(order, i))));
  const run = runs[next - 1];
  if (!run) return startOf(order, next);
  return firstIndex(run.start, run.start + run.count, (position) => matches(keyAt(order, position)));
}

function startOf(order: KeyOrder, run: number): number {
  return order.runs[run]?.start ?? order.count;
}

/** A history's folders and those of the 1d klines derived from them, in the order of their keys. */
function servedFolders(history: History): Folder[] {
  const prefixed = [...history.folders, ...barFolders(history)].map((folder) => {
    return { folder, prefix: Buffer.from(symbolPrefix(folder.dataset, folder.symbol)) };
  });
  return prefixed.sort((a, b) => Buffer.compare(a.prefix, b.prefix)).map(({ folder }) => folder);
}

/** Key of a folder's files by index: zip and checksum of each period alternate. */
function folderKey(folder: Folder, index: number): string {
  const period = folder.days[index >> 1];
  if (period === undefined)
    throw new RangeError(`${symbolPrefix(folder.dataset, folder.symbol)}: no file ${index >> 1}`);
  const key = fileKey(folder.dataset, folder.symbol, period);
  return index % 2 === 0 ? key : `${key}.CHECKSUM`;
}

/** First whole number in [low, high) for which a monotone predicate is true, or `high`. */
function firstIndex(low: number, high: number, holds: (index: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
