import { fileIndex } from "../../src/replica/history.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { dayOf } from "../../src/calendar/day.js";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/** Days and symbols of the faulty servers in these tests. */
export const first = dayOf("2024-01-01");
export const last = first + 24;
export const history = syntheticHistory({ seed: 9, symbols: 14, from: first - 5, through: last + 10 });
export const symbols = history.folders.map(({ symbol }) => symbol);

/** A file as a server describes it. */
export interface ServedFile {
  size: number;
  /** HTTP date. */
  lastModified: string;
}

/** The true state of every (symbol, day) by its path; undefined if there is no file. */
export const served: ReadonlyMap<string, ServedFile | undefined> = new Map(
  history.folders.flatMap((folder) =>
    Array.from({ length: last - first + 1 }, (_, i) => {
      const file = fileIndex(folder, first + i);
      const size = folder.sizes[file];
      const lastModified = new Date((folder.uploaded[file] ?? 0) * 1000).toUTCString();
      return [
        keyPath(fileKey(DEFAULT_DATASET, folder.symbol, first + i)),
        size === undefined ? undefined : { size, lastModified },
      ];
    }),
  ),
);
