import { DAY_MS, dayOfParts, type Day } from "../calendar/day.js";
import type { Cadence } from "../calendar/period.js";
import { after, phraseOf, type Phrase } from "./phrase.js";

/*
 * The `<Contents>` of a symbol's files as S3 writes them, byte by byte. A page has a thousand, two for each file, and a
 * history has a thousand pages. Reading them as text takes 1.4 ms a page.
 */

const FILE_TO_TIME = phraseOf(".zip</Key><LastModified>");
const CHECKSUM_TO_TIME = phraseOf(".zip.CHECKSUM</Key><LastModified>");
const TO_ETAG = phraseOf("Z</LastModified><ETag>&quot;");
const TO_SIZE = phraseOf("&quot;</ETag><Size>");
/** With what S3 says of objects uploaded since it keeps a checksum of its own of all of them, from 2024-12. */
const PAST_S3_CHECKSUM_TO_SIZE = phraseOf(
  "&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>",
);
const CLOSING = phraseOf("</Size><StorageClass>STANDARD</StorageClass></Contents>");

const ZERO = "0".charCodeAt(0);
const DASH = "-".charCodeAt(0);
const DOT = ".".charCodeAt(0);
const COLON = ":".charCodeAt(0);
const TIME_SEPARATOR = "T".charCodeAt(0);
/** Digits of the largest size that is read here; a file of a petabyte is left to the general way. */
const MAX_SIZE_DIGITS = 15;

/**
 * Reads `<Contents>` elements of one symbol's files and their checksums. What it does not take may still be right; what
 * it takes means the same read in the general way.
 */
export class FileContents {
  /** Facts of the element that was read last. */
  day: Day = 0;
  isChecksum = false;
  size = 0;
  lastModified = 0;
  etagHigh = 0;
  etagLow = 0;

  private readonly opening: Phrase;
  private bytes = Buffer.alloc(0);
  /** Of the same bytes. */
  private view = new DataView(this.bytes.buffer);

  /** @param stem of the symbol's keys, as `fileKeyStem` gives it */
  constructor(
    private readonly cadence: Cadence,
    stem: string,
  ) {
    this.opening = phraseOf(`<Contents><Key>${stem}`);
  }

  /**
   * Reads the element at a position.
   *
   * @param end of what is known of the page; the bytes may have any value from there on
   * @returns the position after the element; -1 when it is of another form, or not whole
   */
  read(bytes: Buffer<ArrayBuffer>, start: number, end: number): number {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const { view } = this;
    let at = after(view, start, this.opening);
    if (at < 0) return -1;
    const month = monthAt(bytes, at);
    if (this.cadence === "daily") {
      this.day = bytes[at + 7] === DASH ? dayIn(month, digits(bytes, at + 8, 2)) : NaN;
      at += 10;
    } else {
      this.day = dayIn(month, 1);
      at += 7;
    }
    const ofFile = after(view, at, FILE_TO_TIME);
    this.isChecksum = ofFile < 0;
    at = this.isChecksum ? after(view, at, CHECKSUM_TO_TIME) : ofFile;
    if (at < 0) return -1;
    this.lastModified = timeAt(bytes, at);
    at = after(view, at + 23, TO_ETAG);
    if (at < 0) return -1;
    this.etagHigh = hex(bytes, at);
    this.etagLow = hex(bytes, at + 8);
    const isMd5 = hex(bytes, at + 16) >= 0 && hex(bytes, at + 24) >= 0;
    const sizeAt = after(view, at + 32, TO_SIZE);
    at = sizeAt < 0 ? after(view, at + 32, PAST_S3_CHECKSUM_TO_SIZE) : sizeAt;
    if (at < 0) return -1;
    const digitsAt = at;
    this.size = 0;
    for (let digit = digitAt(bytes, at); digit >= 0 && digit <= 9; digit = digitAt(bytes, ++at)) {
      this.size = this.size * 10 + digit;
    }
    if (at === digitsAt || at - digitsAt > MAX_SIZE_DIGITS) return -1;
    at = after(view, at, CLOSING);
    // Not a number, or a negative one, is what a part that is none gave.
    if (at > end || !(this.day >= 0 && this.lastModified >= 0 && this.etagHigh >= 0 && this.etagLow >= 0 && isMd5)) {
      return -1;
    }
    return at;
  }
}

/** Not between 0 and 9 when the byte is not a digit. */
function digitAt(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) - ZERO;
}

/** A decimal number of so many digits, or NaN. */
function digits(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = digitAt(bytes, i);
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The month `YYYY-MM` as months since the year 0, or NaN. */
function monthAt(bytes: Buffer, at: number): number {
  const month = digits(bytes, at + 5, 2);
  if (bytes[at + 4] !== DASH || !(month >= 1 && month <= 12)) return NaN;
  return digits(bytes, at, 4) * 12 + month - 1;
}

function dayIn(month: number, dayOfMonth: number): Day {
  return dayOfParts(Math.floor(month / 12), (month % 12) + 1, dayOfMonth) ?? NaN;
}

/** The time `YYYY-MM-DDTHH:MM:SS.mmm`, ms since the Unix epoch, or NaN. */
function timeAt(bytes: Buffer, at: number): number {
  const day = bytes[at + 7] === DASH ? dayIn(monthAt(bytes, at), digits(bytes, at + 8, 2)) : NaN;
  const hour = digits(bytes, at + 11, 2);
  const minute = digits(bytes, at + 14, 2);
  const second = digits(bytes, at + 17, 2);
  const isTime =
    bytes[at + 10] === TIME_SEPARATOR && bytes[at + 13] === COLON && bytes[at + 16] === COLON && bytes[at + 19] === DOT;
  if (!isTime || !(hour < 24 && minute < 60 && second < 60)) return NaN;
  return day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + digits(bytes, at + 20, 3);
}

/** Value of each byte as a hexadecimal digit, -1 for others. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) =>
  "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase()),
);

/** The number that 8 hexadecimal digits are, or -1. */
function hex(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 8; i++) {
    const digit = HEX[bytes[i] ?? 0] ?? -1;
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value >>> 0;
}
