import { parseKey } from "../vision/object-key.js";
import type { Answer } from "./answer.js";
import { fileEtag, foreignEtag } from "./contents.js";
import { fileIndex, type Folder, type History } from "./history.js";
import { checksumBytes, checksumFile, klineZip } from "./kline-zip.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";

/** Looks objects up by key. */
export type ObjectLookup = (key: string) => Answer | undefined;

/** The lookup over a history; undefined is S3's NoSuchKey. */
export function objectLookup(history: History): ObjectLookup {
  const folders = new Map(history.folders.map((folder) => [folder.symbol, folder]));
  const foreign = new Map(history.foreign.map((object) => [object.key, object]));
  return (key) => {
    const parsed = parseKey(DEFAULT_DATASET, key);
    if (parsed.type === "foreign") {
      const object = foreign.get(key);
      return (
        object && objectAnswer(object.size, object.uploaded, foreignEtag(object), () => new Uint8Array(object.size))
      );
    }
    const folder = folders.get(parsed.symbol);
    const index = folder ? fileIndex(folder, parsed.period) : -1;
    if (!folder || index < 0) return undefined;
    const { symbol, period: day, type } = parsed;
    const { size, uploaded } = fileAt(folder, index);
    const etag = fileEtag(symbol, day, size, uploaded, type === "checksum");
    return type === "checksum"
      ? objectAnswer(checksumBytes(symbol), uploaded, etag, () => checksumFile(symbol, day, size))
      : objectAnswer(size, uploaded, etag, () => klineZip(symbol, day, size));
  };
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
