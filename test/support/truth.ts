import { fileIndex, type History } from "../../src/replica/history.js";
import { formatDay, type Day } from "../../src/calendar/day.js";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/** The expected table for some symbols and days of a history, in the form of `tableOf`. */
export function truthOf(history: History, symbols: readonly string[], from: Day, to: Day): string[] {
  const folders = new Map(history.folders.map((folder) => [folder.symbol, folder]));
  const rows: string[] = [];
  for (const symbol of [...symbols].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const folder = folders.get(symbol);
    for (let day = from; day <= to; day++) {
      const file = folder === undefined ? -1 : fileIndex(folder, day);
      const size = folder?.sizes[file];
      const uploaded = folder?.uploaded[file];
      const url = `https://data.binance.vision${keyPath(fileKey(DEFAULT_DATASET, symbol, day))}`;
      const there = size !== undefined && uploaded !== undefined;
      const time = new Date((uploaded ?? 0) * 1000).toISOString().slice(0, 19).replace("T", " ");
      rows.push(
        [formatDay(day), symbol, there, there ? size : "-", there ? time : "-", url, there ? 200 : 404].join("|"),
      );
    }
  }
  return rows;
}
