import { DAY_SECONDS, formatDay, type Day } from "../calendar/day.js";
import { formatPeriod, PERIOD_LENGTH } from "../calendar/period.js";
import { fileKey } from "../vision/object-key.js";
import { ETAG_BYTES, etagOf, writeEtag } from "./etag.js";
import type { Folder, ForeignObject } from "./history.js";
import { checksumBytes } from "./kline-zip.js";
import { hashText, mix } from "./random.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";

/*
 * The `<Contents>` elements of a listing. A page has a thousand of them, and a client under benchmark shares the
 * machine with the replica. Building a page from strings took 1.6 ms; this takes 0.2 ms: each page builds one template
 * per folder, copies it for every key, and fills its gaps in place, in one buffer for the whole page. (Joining a buffer
 * for each folder took half as long again.)
 */

/** A zip's element up to its size, and where its gaps begin. */
interface Template {
  bytes: Buffer;
  time: number;
  etag: number;
}

/** An arbitrary day, whose text marks the gap for the date. */
const GAP_DAY = 0;
const GAP_TIME = "0000-00-00T00:00:00.000Z";
const OPEN = "<Contents><Key>";
const END = Buffer.from("</Size><StorageClass>STANDARD</StorageClass></Contents>");
/** Digits of the largest size, a Uint32. */
const MAX_SIZE_DIGITS = 10;
const ZERO = "0".charCodeAt(0);

/** Encodes a key for XML: escaped, or percent-encoded if the request said so. */
export type KeyWriter = (key: string) => string;

/** A part of a document, written into a buffer that has room for it. */
export interface Part {
  /** Maximum length, bytes. */
  maxBytes: number;
  /** Writes the part at a position and returns the position after it. */
  write: (out: Buffer, at: number) => number;
}

/** A part with a given text. */
export function textPart(text: string): Part {
  return { maxBytes: Buffer.byteLength(text), write: (out, at) => at + out.write(text, at) };
}

/** Elements of a folder's keys [first, end): zips at even positions, checksums at odd ones. */
export function folderContents(folder: Folder, first: number, end: number, writeKey: KeyWriter): Part {
  const { dataset } = folder;
  const key = fileKey(dataset, folder.symbol, GAP_DAY);
  const zip = templateOf(writeKey(key));
  const checksum = templateOf(writeKey(`${key}.CHECKSUM`));
  const datePlace = Buffer.byteLength(
    OPEN + writeKey(key.slice(0, key.lastIndexOf(formatPeriod(dataset.cadence, GAP_DAY)))),
  );
  const periodLength = PERIOD_LENGTH[dataset.cadence];
  const checksumSize = checksumBytes(folder);
  const owner = ownerOf(folder);
  const write = (out: Buffer, start: number): number => {
    let at = start;
    for (let place = first; place < end; place++) {
      const odd = place & 1;
      const file = place >> 1;
      // `end` is at most twice the number of files, so every column has this element.
      const day = folder.days[file] as Day;
      const size = folder.sizes[file] as number;
      const uploaded = folder.uploaded[file] as number;
      const template = odd ? checksum : zip;
      out.set(template.bytes, at);
      writeDate(out, at + datePlace, day, periodLength);
      writeTime(out, at + template.time, uploaded);
      writeEtag(out, at + template.etag, owner, fileNumber(day, odd), fileVersion(size, uploaded));
      at = writeNumber(out, at + template.bytes.length, odd ? checksumSize : size);
      out.set(END, at);
      at += END.length;
    }
    return at;
  };
  return { maxBytes: (end - first) * (checksum.bytes.length + MAX_SIZE_DIGITS + END.length), write };
}

/** Element of a foreign object. */
export function foreignContents(object: ForeignObject, writeKey: KeyWriter): Part {
  const { bytes, time, etag } = templateOf(writeKey(object.key));
  writeTime(bytes, time, object.uploaded);
  bytes.write(foreignEtag(object), etag, "latin1");
  return textPart(`${bytes.toString()}${object.size}${END.toString()}`);
}

/** ETag of a folder's zip or checksum, the same as in the listing. */
export function fileEtag(folder: Folder, day: Day, size: number, uploaded: number, checksum: boolean): string {
  return etagOf(ownerOf(folder), fileNumber(day, Number(checksum)), fileVersion(size, uploaded));
}

/** ETag of a foreign object, the same as in the listing. */
export function foreignEtag({ key, size, uploaded }: ForeignObject): string {
  return etagOf(hashText(key), 0, fileVersion(size, uploaded));
}

/** A number that identifies a folder. */
function ownerOf({ dataset, symbol }: Folder): number {
  return hashText(dataset.id === DEFAULT_DATASET.id ? symbol : `${dataset.id}/${symbol}`);
}

function fileNumber(day: Day, odd: number): number {
  return day * 2 + odd;
}

function fileVersion(size: number, uploaded: number): number {
  return mix(size) ^ uploaded;
}

function templateOf(key: string): Template {
  const beforeTime = `${OPEN}${key}</Key><LastModified>`;
  const beforeEtag = `${beforeTime}${GAP_TIME}</LastModified><ETag>&quot;`;
  return {
    bytes: Buffer.from(`${beforeEtag}${"0".repeat(ETAG_BYTES)}&quot;</ETag><Size>`),
    time: Buffer.byteLength(beforeTime),
    etag: Buffer.byteLength(beforeEtag),
  };
}

const dates = new Map<Day, Uint8Array>();

/** `YYYY-MM-DD` in ASCII, cached: the pages of all symbols contain the same few thousand days. */
function dateBytes(day: Day): Uint8Array {
  let date = dates.get(day);
  if (!date) dates.set(day, (date = Buffer.from(formatDay(day))));
  return date;
}

/** Writes the first characters of a date. */
function writeDate(out: Uint8Array, at: number, day: Day, length = 10): void {
  const date = dateBytes(day);
  for (let i = 0; i < length; i++) out[at + i] = date[i] as number;
}

/** Fills the gap for a time: `2021-03-05T10:12:13`, before the constant `.000Z`. */
function writeTime(out: Uint8Array, at: number, second: number): void {
  const day = Math.floor(second / DAY_SECONDS);
  const ofDay = second - day * DAY_SECONDS;
  writeDate(out, at, day);
  writeTwoDigits(out, at + 11, Math.floor(ofDay / 3600));
  writeTwoDigits(out, at + 14, Math.floor(ofDay / 60) % 60);
  writeTwoDigits(out, at + 17, ofDay % 60);
}

function writeTwoDigits(out: Uint8Array, at: number, number: number): void {
  out[at] = ZERO + Math.floor(number / 10);
  out[at + 1] = ZERO + (number % 10);
}

/** Writes a whole number and returns the position after it. */
function writeNumber(out: Uint8Array, at: number, number: number): number {
  let end = at + 1;
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) end++;
  for (let place = end - 1, rest = number; place >= at; place--, rest = Math.floor(rest / 10)) {
    out[place] = ZERO + (rest % 10);
  }
  return end;
}
