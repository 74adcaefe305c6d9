import type { Day } from "../vision/day.js";
import { parseKey } from "../vision/object-key.js";
import type { Answer } from "./answer.js";
import { fileIndex, type Folder, type History } from "./history.js";
import { checksumBytes, checksumFile, klineZip } from "./kline-zip.js";
import { hashText, mix } from "./random.js";

/** What S3 knows of an object without its content. */
export interface ObjectFacts {
  /** Bytes. */
  size: number;
  /** Upload time in seconds since the Unix epoch. */
  uploaded: number;
  /** 32 hexadecimal digits, without the quotes. */
  etag: string;
}

/** Looks objects up by key. */
export type ObjectLookup = (key: string) => Answer | undefined;

/** The lookup over a history; undefined is S3's NoSuchKey. */
export function objectLookup(history: History): ObjectLookup {
  const folders = new Map(history.folders.map((folder) => [folder.symbol, folder]));
  const foreign = new Map(history.foreign.map((object) => [object.key, object]));
  return (key) => {
    const parsed = parseKey(key);
    if (parsed.type === "foreign") {
      const object = foreign.get(key);
      const facts = object && { ...object, etag: etagOf(hashText(key), object.size, object.uploaded) };
      return facts && objectAnswer(facts, () => new Uint8Array(facts.size));
    }
    const folder = folders.get(parsed.symbol);
    const index = folder ? fileIndex(folder, parsed.day) : -1;
    if (!folder || index < 0) return undefined;
    const checksum = parsed.type === "checksum";
    const facts = fileFacts(folder, index, checksum);
    return objectAnswer(facts, () => content(folder, index, checksum));
  };
}

/** Facts of the `index`-th file of a folder, or of the checksum beside it. */
export function fileFacts(folder: Folder, index: number, checksum: boolean): ObjectFacts {
  const { day, size, uploaded } = fileAt(folder, index);
  return {
    size: checksum ? checksumBytes(folder.symbol) : size,
    uploaded,
    etag: etagOf(hashText(folder.symbol), day * 2 + Number(checksum), mix(size) ^ uploaded),
  };
}

function content(folder: Folder, index: number, checksum: boolean): Uint8Array {
  const { day, size } = fileAt(folder, index);
  return checksum ? checksumFile(folder.symbol, day, size) : klineZip(folder.symbol, day, size);
}

function fileAt(folder: Folder, index: number): { day: Day; size: number; uploaded: number } {
  const day = folder.days[index];
  const size = folder.sizes[index];
  const uploaded = folder.uploaded[index];
  if (day === undefined || size === undefined || uploaded === undefined) {
    throw new RangeError(`${folder.symbol}: no file ${index}`);
  }
  return { day, size, uploaded };
}

/**
 * 32 hexadecimal digits that change with the owner, the file and its upload. The real host gives the content's MD5;
 * nothing checks it, and it would mean making a zip for every line of a listing.
 */
export function etagOf(owner: number, file: number, version: number): string {
  const first = mix(owner ^ mix(file));
  const second = mix(first ^ version);
  return hex(first) + hex(second) + hex(mix(first ^ 0x5bd1e995)) + hex(mix(second ^ 0x1b873593));
}

const HEX_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex(word: number): string {
  const byte = (shift: number): string => HEX_BYTE[(word >>> shift) & 0xff] ?? "";
  return byte(24) + byte(16) + byte(8) + byte(0);
}

function objectAnswer(facts: ObjectFacts, body: () => Uint8Array): Answer {
  return {
    status: 200,
    headers: {
      "Last-Modified": new Date(facts.uploaded * 1000).toUTCString(),
      ETag: `"${facts.etag}"`,
      "Accept-Ranges": "bytes",
      "Content-Type": "application/zip",
      Server: "AmazonS3",
    },
    length: facts.size,
    body,
  };
}
