import type { Day } from "../calendar/day.js";
import type { Dataset } from "../vision/dataset.js";
import { parseKey } from "../vision/object-key.js";
import type { Answer } from "./answer.js";
import { barChecksum, barFolders, barZip, SERVED_DATASETS } from "./bar-files.js";
import { fileEtag, foreignEtag } from "./contents.js";
import { fileIndex, type Folder, type History } from "./history.js";
import { checksumBytes, checksumFile, klineZip } from "./kline-zip.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";

/** Looks up an object by key. */
export type ObjectLookup = (key: string) => Answer | undefined;

/** Number of zips of 1d klines to cache, about 3 kB each: a test with many clients requests them again. */
const MAX_KEPT = 32_768;

/** The lookup for a history; undefined is S3's NoSuchKey. */
export function objectLookup(history: History): ObjectLookup {
  const minutes = byName(history.folders);
  const folders = byName([...history.folders, ...barFolders(history)]);
  const foreign = new Map(history.foreign.map((object) => [object.key, object]));
  const kept = new Map<string, Uint8Array>();
  /** @param folder a folder of 1d klines */
  const keptZip = (folder: Folder, period: Day, size: number): Uint8Array => {
    const key = `${nameOf(folder)}/${period}`;
    const found = kept.get(key);
    if (found !== undefined) return found;
    const owner = minutes.get(nameOf({ dataset: DEFAULT_DATASET, symbol: folder.symbol }));
    if (owner === undefined) throw new RangeError(`${folder.symbol}: bars without minutes`);
    const zip = barZip(folder, period, size, owner);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, zip);
    return zip;
  };
  return (key) => {
    const parsed = parseServedKey(key);
    if (parsed === undefined) {
      const object = foreign.get(key);
      return (
        object && objectAnswer(object.size, object.uploaded, foreignEtag(object), () => new Uint8Array(object.size))
      );
    }
    const folder = folders.get(nameOf(parsed));
    const index = folder ? fileIndex(folder, parsed.period) : -1;
    if (!folder || index < 0) return undefined;
    const { symbol, period, isChecksum } = parsed;
    const { size, uploaded } = fileAt(folder, index);
    const etag = fileEtag(folder, period, size, uploaded, isChecksum);
    const isMinutes = folder.dataset.id === DEFAULT_DATASET.id;
    const zip = () => (isMinutes ? klineZip(symbol, period, size) : keptZip(folder, period, size));
    if (!isChecksum) return objectAnswer(size, uploaded, etag, zip);
    const checksum = () => (isMinutes ? checksumFile(symbol, period, size) : barChecksum(folder, period, zip()));
    return objectAnswer(checksumBytes(folder), uploaded, etag, checksum);
  };
}

function byName(folders: readonly Folder[]): Map<string, Folder> {
  return new Map(folders.map((folder) => [nameOf(folder), folder]));
}

function nameOf({ dataset, symbol }: Pick<Folder, "dataset" | "symbol">): string {
  return `${dataset.id}/${symbol}`;
}

/** Parses a key of any of the served datasets. */
function parseServedKey(
  key: string,
): { dataset: Dataset; symbol: string; period: Day; isChecksum: boolean } | undefined {
  for (const dataset of SERVED_DATASETS) {
    const parsed = parseKey(dataset, key);
    if (parsed.type === "foreign") continue;
    const { type, symbol, period } = parsed;
    return { dataset, symbol, period, isChecksum: type === "checksum" };
  }
  return undefined;
}

function fileAt(folder: Folder, index: number): { size: number; uploaded: number } {
  const size = folder.sizes[index];
  const uploaded = folder.uploaded[index];
  if (size === undefined || uploaded === undefined) throw new RangeError(`${folder.symbol}: no file ${index}`);
  return { size, uploaded };
}

function objectAnswer(size: number, uploaded: number, etag: string, body: () => Uint8Array): Answer {
  return {
    status: 200,
    headers: {
      "Last-Modified": new Date(uploaded * 1000).toUTCString(),
      ETag: `"${etag}"`,
      "Accept-Ranges": "bytes",
      "Content-Type": "application/zip",
      Server: "AmazonS3",
    },
    length: size,
    body,
  };
}
