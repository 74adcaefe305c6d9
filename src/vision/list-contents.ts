import { DAY_MS, dayOfParts, type Day } from "../calendar/day.js";
import type { Cadence } from "../calendar/period.js";
import { after, phraseOf, type Phrase } from "./phrase.js";

/*
 * Reads the `<Contents>` of a symbol's files exactly as S3 writes them, byte by byte. A page has a thousand, two for
 * each file, and a whole history has a thousand pages. Parsing a page as text takes 1.4 ms.
 */

const FILE_TO_TIME = phraseOf(".zip</Key><LastModified>");
const CHECKSUM_TO_TIME = phraseOf(".zip.CHECKSUM</Key><LastModified>");
const TO_ETAG = phraseOf("Z</LastModified><ETag>&quot;");
const TO_SIZE = phraseOf("&quot;</ETag><Size>");
/** For objects uploaded since 2024-12, S3 adds its own checksum. */
const PAST_S3_CHECKSUM_TO_SIZE = phraseOf(
  "&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>",
);
const CLOSING = phraseOf("</Size><StorageClass>STANDARD</StorageClass></Contents>");

const ZERO = "0".charCodeAt(0);
const DASH = "-".charCodeAt(0);
const DOT = ".".charCodeAt(0);
const COLON = ":".charCodeAt(0);
const TIME_SEPARATOR = "T".charCodeAt(0);
/** Maximum digits of a size that is read here; a file of a petabyte is left to the general parser. */
const MAX_SIZE_DIGITS = 15;

/**
 * Reads `<Contents>` elements of one symbol's files and their checksums. An element it declines may still be valid; one
 * it accepts has the same meaning to the general parser.
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
  /** Keys and upload times mostly repeat the month of the one before. */
  private readonly keyMonths = new LastMonth();
  private readonly uploadMonths = new LastMonth();
  private bytes = Buffer.alloc(0);
  /** A view of `bytes`. */
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
   * @param end end of the received bytes; the buffer may hold anything beyond it
   * @returns the position after the element; -1 when it has another form or is incomplete
   */
  read(bytes: Buffer<ArrayBuffer>, start: number, end: number): number {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const { view } = this;
    let at = after(view, start, this.opening);
    if (at < 0) return -1;
    if (this.cadence === "daily") {
      this.day = this.keyMonths.dayAt(view, bytes, at);
      at += 10;
    } else {
      this.day = dayIn(monthAt(bytes, at), 1);
      at += 7;
    }
    const ofFile = after(view, at, FILE_TO_TIME);
    this.isChecksum = ofFile < 0;
    at = this.isChecksum ? after(view, at, CHECKSUM_TO_TIME) : ofFile;
    if (at < 0) return -1;
    this.lastModified = this.uploadMonths.dayAt(view, bytes, at) * DAY_MS + timeAt(bytes, at + 10);
    at = after(view, at + 23, TO_ETAG);
    if (at < 0) return -1;
    this.etagHigh = hex(view, at);
    this.etagLow = hex(view, at + 8);
    const isMd5 = hex(view, at + 16) >= 0 && hex(view, at + 24) >= 0;
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
    // An invalid part yields NaN or a negative number.
    if (at > end || !(this.day >= 0 && this.lastModified >= 0 && this.etagHigh >= 0 && this.etagLow >= 0 && isMd5)) {
      return -1;
    }
    return at;
  }
}

/** The value of a digit; outside 0 to 9 when the byte is not a digit. */
function digitAt(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) - ZERO;
}

/** A decimal number of `count` digits, or NaN. */
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

/** The time of day `THH:MM:SS.mmm`, ms, or NaN. */
function timeAt(bytes: Buffer, at: number): number {
  const hour = digits(bytes, at + 1, 2);
  const minute = digits(bytes, at + 4, 2);
  const second = digits(bytes, at + 7, 2);
  const isTime =
    bytes[at] === TIME_SEPARATOR && bytes[at + 3] === COLON && bytes[at + 6] === COLON && bytes[at + 9] === DOT;
  if (!isTime || !(hour < 24 && minute < 60 && second < 60)) return NaN;
  return ((hour * 60 + minute) * 60 + second) * 1000 + digits(bytes, at + 10, 3);
}

/**
 * Reads dates `YYYY-MM-DD`, and caches the last month by the 8 bytes of its text: consecutive dates nearly always share
 * it.
 */
class LastMonth {
  /** The bytes of `YYYY-MM-` as a double; initially NaN, which equals nothing. */
  private written = NaN;
  private firstDay: Day = NaN;
  private length = 0;

  /** The day of the date at a position, or NaN. */
  dayAt(view: DataView, bytes: Buffer, at: number): Day {
    if (at + 10 > view.byteLength) return NaN;
    const written = view.getFloat64(at, true);
    if (written !== this.written) {
      const month = bytes[at + 7] === DASH ? monthAt(bytes, at) : NaN;
      this.firstDay = dayIn(month, 1);
      this.length = dayIn(month + 1, 1) - this.firstDay;
      // Cache only valid months.
      this.written = this.firstDay >= 0 ? written : NaN;
    }
    const dayOfMonth = digits(bytes, at + 8, 2);
    return dayOfMonth >= 1 && dayOfMonth <= this.length ? this.firstDay + dayOfMonth - 1 : NaN;
  }
}

const HEX_DIGITS = "0123456789abcdef";

/** The value of two hexadecimal digits, indexed by their bytes as a 16-bit number; -1 for other characters. */
const HEX_PAIRS = Int16Array.from({ length: 65_536 }, (_, pair) => {
  const high = HEX_DIGITS.indexOf(String.fromCharCode(pair >> 8).toLowerCase());
  const low = HEX_DIGITS.indexOf(String.fromCharCode(pair & 0xff).toLowerCase());
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
});

/** The value of 8 hexadecimal digits, or -1. */
function hex(view: DataView, at: number): number {
  if (at + 8 > view.byteLength) return -1;
  let value = 0;
  for (let i = at; i < at + 8; i += 2) {
    const byte = HEX_PAIRS[view.getUint16(i)] ?? -1;
    if (byte < 0) return -1;
    value = (value << 8) | byte;
  }
  return value >>> 0;
}
