import type { Day } from "../calendar/day.js";
import { InterruptedError } from "../errors.js";
import type { Dataset } from "../vision/dataset.js";
import { CHECKSUM_ENDING, fileKey, fileNameOf } from "../vision/object-key.js";
import { isSymbol } from "../vision/symbol.js";
import { folderFiles, type FolderFile, type SkippedEntry } from "./folder.js";

/** The downloads in a folder, identified by their paths. */
export interface Downloads {
  /** The files of each symbol on each day: one, or more when the folder has it in several places. */
  byDay: Map<Day, Map<string, FolderFile[]>>;
  /** Number of files that don't belong to the dataset. */
  foreignCount: number;
  skipped: SkippedEntry[];
}

/**
 * Finds the files of a dataset in a folder. The name identifies a file, and the folders above it must match the end of
 * its key. This recognizes a copy of the whole bucket, of a part of it, and a flat folder, but not a file of the same
 * name from another market. Checksum files are skipped.
 *
 * @param signal aborting it ends the search
 * @throws UsageError when the folder can't be read; InterruptedError
 */
export async function findDownloads(
  folder: string,
  dataset: Dataset,
  signal: AbortSignal | undefined,
): Promise<Downloads> {
  const downloads: Downloads = { byDay: new Map(), foreignCount: 0, skipped: [] };
  for await (const files of folderFiles(folder, (entry) => downloads.skipped.push(entry))) {
    if (signal?.aborted === true) throw new InterruptedError("interrupted before the folder was compared");
    for (const file of files) {
      const isChecksum = file.path.endsWith(CHECKSUM_ENDING);
      const path = isChecksum ? file.path.slice(0, -CHECKSUM_ENDING.length) : file.path;
      const named = fileNameOf(dataset, path.slice(path.lastIndexOf("/") + 1));
      if (named === undefined || !isSymbol(named.symbol) || !isAt(dataset, named, path)) {
        downloads.foreignCount++;
        continue;
      }
      if (isChecksum) continue;
      const ofDay = downloads.byDay.get(named.period) ?? new Map<string, FolderFile[]>();
      downloads.byDay.set(named.period, ofDay);
      ofDay.set(named.symbol, [...(ofDay.get(named.symbol) ?? []), file]);
    }
  }
  return downloads;
}

/** Whether a path below the folder can belong to a file: it is the file's key, or the end of it. */
function isAt(dataset: Dataset, { symbol, period }: { symbol: string; period: Day }, path: string): boolean {
  return `/${fileKey(dataset, symbol, period)}`.endsWith(`/${path}`);
}
