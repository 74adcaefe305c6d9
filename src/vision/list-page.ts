import { parseEtag, type Etag } from "./etag.js";
import { DAY_MS, parseDay, parseDigits } from "../calendar/day.js";

/**
 * Reads pages of the bucket's listing (S3 `ListBucketResult`, versions 1 and 2) by one forward scan. A general XML
 * parser takes 25 ms for a page of 1,000 keys, this 0.3 ms. It is strict: whatever it can't account for is an error,
 * since a page misread is rows lost.
 */

/** One page. The arrays of objects are parallel. */
export interface ListPage {
  keys: string[];
  /** Bytes of each object. */
  sizes: number[];
  /** Upload time of each object, ms since the Unix epoch. */
  lastModified: number[];
  /** ETag of each object, see `parseEtag`. */
  etags: Readonly<Etag>[];
  /** Common prefixes, when the request had a delimiter. */
  prefixes: string[];
  /** Whether keys after the last of this page exist. */
  truncated: boolean;
  /** How the server wants to be asked for the next page, if it says so. */
  continuation: Continuation | undefined;
}

/** Where a server goes on: the token of version 2, or the marker of version 1. */
export interface Continuation {
  parameter: "continuation-token" | "marker";
  value: string;
}

/** A page that can't be trusted. `code` is stable. */
export class ListPageError extends Error {
  constructor(
    readonly code: "LIST_MALFORMED" | "LIST_TRUNCATED" | "LIST_ORDER" | "LIST_STUCK" | "LIST_FOREIGN",
    message: string,
  ) {
    super(message);
    this.name = "ListPageError";
  }
}

/** The request; the page is validated against it. */
export interface ListRequest {
  prefix: string;
  /** Keys up to and including this one must not come again; "" for the first page. */
  after: string;
  /** What the page before said of this one. Only needed with a delimiter: some servers repeat the last group without. */
  continuation?: Continuation | undefined;
  /** With "/", keys that continue past it come as common prefixes. */
  delimiter?: "/";
  /** Maximum number of objects and prefixes on the page, 1 to 1,000. */
  maxKeys: number;
}

/** Query string of a version 2 request. `start-after` needs no token, so any page can be asked for on its own. */
export function listQuery(request: ListRequest): string {
  const query = new URLSearchParams({ "list-type": "2", prefix: request.prefix, "max-keys": String(request.maxKeys) });
  if (request.delimiter !== undefined) query.set("delimiter", request.delimiter);
  const { continuation } = request;
  if (continuation !== undefined) query.set(continuation.parameter, continuation.value);
  else if (request.after !== "") query.set("start-after", request.after);
  return query.toString();
}

/** @throws ListPageError when the page is cut off, malformed, out of order or not what was asked for */
export function parseListPage(xml: string, request: ListRequest): ListPage {
  const page: ListPage = {
    keys: [],
    sizes: [],
    lastModified: [],
    etags: [],
    prefixes: [],
    truncated: false,
    continuation: undefined,
  };
  let isTruncated: string | undefined;
  let keyCount: string | undefined;
  for (const element of rootElements(xml)) {
    switch (element.name) {
      case "Contents":
        page.keys.push(unescapeXml(childText(xml, element, KEY)));
        page.sizes.push(parseSize(childText(xml, element, SIZE)));
        page.lastModified.push(parseTime(childText(xml, element, LAST_MODIFIED)));
        page.etags.push(parseEtag(optionalText(xml, element, ETAG)));
        break;
      case "CommonPrefixes":
        for (const prefix of childTexts(xml, element, PREFIX)) page.prefixes.push(unescapeXml(prefix));
        break;
      case "IsTruncated":
        if (isTruncated !== undefined) throw malformed("IsTruncated appears twice");
        isTruncated = xml.slice(element.start, element.end);
        break;
      case "NextContinuationToken":
        page.continuation = { parameter: "continuation-token", value: textOf(xml, element) };
        break;
      case "NextMarker":
        page.continuation ??= { parameter: "marker", value: textOf(xml, element) };
        break;
      case "KeyCount":
        keyCount = xml.slice(element.start, element.end);
        break;
      case "EncodingType":
        throw malformed("keys are encoded, which was not asked for");
      default:
        break;
    }
  }
  if (isTruncated !== "true" && isTruncated !== "false") {
    throw malformed(`IsTruncated is ${isTruncated === undefined ? "absent" : JSON.stringify(isTruncated)}`);
  }
  page.truncated = isTruncated === "true";
  const count = page.keys.length + page.prefixes.length;
  if (keyCount !== undefined && keyCount !== String(count)) {
    throw malformed(`KeyCount is ${keyCount} on a page of ${count}`);
  }
  if (count > request.maxKeys) throw malformed(`${count} entries on a page of at most ${request.maxKeys}`);
  // Some servers repeat the group that the page before ended with.
  if (request.after !== "" && page.prefixes[0] === request.after) page.prefixes.shift();
  if (page.truncated && page.keys.length + page.prefixes.length === 0)
    throw new ListPageError("LIST_STUCK", "a page promises more but holds nothing");
  // A test of the whole page costs nothing where it holds Latin-1 only, which V8 knows.
  const compare = SURROGATE.test(xml) ? compareUtf8 : compareUnits;
  checkOrder(page.keys, request, compare);
  checkOrder(page.prefixes, request, compare);
  return page;
}

/** The last key or prefix of a page: where the next page starts after. */
export function lastEntry(page: ListPage): string {
  const key = page.keys.at(-1) ?? "";
  const prefix = page.prefixes.at(-1) ?? "";
  return compareUtf8(key, prefix) > 0 ? key : prefix;
}

/** Order of S3 keys: by UTF-8 bytes, which is by code point. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** JavaScript's own order, by UTF-16 units: that of S3 as long as no character is beyond U+FFFF. */
function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const SURROGATE = /[\ud800-\udfff]/;

interface Element {
  name: string;
  /** Offsets of the content, between the tags. */
  start: number;
  end: number;
}

/** Tags of an element whose content is text. */
interface Tags {
  name: string;
  open: string;
  close: string;
}

function tagsOf(name: string): Tags {
  return { name, open: `<${name}>`, close: `</${name}>` };
}

const CONTENTS = tagsOf("Contents");
const KEY = tagsOf("Key");
const SIZE = tagsOf("Size");
const LAST_MODIFIED = tagsOf("LastModified");
const PREFIX = tagsOf("Prefix");
const ETAG = tagsOf("ETag");

const ROOT = "ListBucketResult";
const START_TAG = /\s*<([A-Za-z]+)(?:\s[^<>]*?)?(\/?)>/y;
const ROOT_START = /^\uFEFF?(?:<\?xml[^<>]*\?>)?\s*<([A-Za-z]+)(?:\s[^<>]*)?>/;
const ROOT_END = /\s*<\/ListBucketResult>\s*$/y;

function* rootElements(xml: string): Generator<Element> {
  const root = ROOT_START.exec(xml);
  if (root?.[1] !== ROOT) throw malformed(`not a listing but ${JSON.stringify(xml.slice(0, 60))}`);
  if (root[0].endsWith("/>")) throw malformed("the listing is an empty element");
  let position = root[0].length;
  for (;;) {
    // Nearly all elements are these.
    if (xml.startsWith(CONTENTS.open, position)) {
      const start = position + CONTENTS.open.length;
      const end = endOf(xml, CONTENTS, start);
      yield { name: CONTENTS.name, start, end };
      position = end + CONTENTS.close.length;
      continue;
    }
    START_TAG.lastIndex = position;
    const tag = START_TAG.exec(xml);
    if (tag === null) break;
    const name = tag[1] ?? "";
    const start = START_TAG.lastIndex;
    if (tag[2] === "/") {
      yield { name, start, end: start };
      position = start;
      continue;
    }
    const tags = tagsOf(name);
    const end = endOf(xml, tags, start);
    yield { name, start, end };
    position = end + tags.close.length;
  }
  ROOT_END.lastIndex = position;
  if (ROOT_END.test(xml)) return;
  if (xml.indexOf(`</${ROOT}>`, position) < 0) throw new ListPageError("LIST_TRUNCATED", "the page is cut off");
  throw malformed(`unexpected ${JSON.stringify(xml.slice(position, position + 40))}`);
}

function endOf(xml: string, tags: Tags, start: number): number {
  const end = xml.indexOf(tags.close, start);
  if (end < 0) throw new ListPageError("LIST_TRUNCATED", `the page ends inside ${tags.open}`);
  return end;
}

/** Text of the first child of that name. */
function childText(xml: string, parent: Element, tags: Tags): string {
  const text = optionalText(xml, parent, tags);
  if (text === undefined) throw malformed(`<${parent.name}> has no ${tags.open}`);
  return text;
}

function optionalText(xml: string, parent: Element, tags: Tags): string | undefined {
  const start = xml.indexOf(tags.open, parent.start);
  if (start < 0 || start >= parent.end) return undefined;
  const end = xml.indexOf("<", start + tags.open.length);
  if (end > parent.end || !xml.startsWith(tags.close, end)) throw malformed(`${tags.open} is not plain text`);
  return xml.slice(start + tags.open.length, end);
}

/** Texts of all children of that name, of which there must be one. */
function childTexts(xml: string, parent: Element, tags: Tags): string[] {
  const texts: string[] = [];
  for (let start = parent.start; ;) {
    const text = optionalText(xml, { ...parent, start }, tags);
    if (text === undefined) break;
    texts.push(text);
    start = xml.indexOf(tags.close, start) + tags.close.length;
  }
  if (texts.length === 0) throw malformed(`<${parent.name}> has no ${tags.open}`);
  return texts;
}

/** Text of an element that holds nothing else. */
function textOf(xml: string, { name, start, end }: Element): string {
  const text = xml.slice(start, end);
  if (text === "" || text.includes("<")) throw malformed(`<${name}> is not plain text`);
  return unescapeXml(text);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]{0,12});?/g, (whole, name: string) => {
    const known = ENTITIES[name];
    const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
    const point = code === null ? NaN : code[1] === undefined ? Number(code[2]) : parseInt(code[1], 16);
    const text = known ?? (point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined);
    if (text === undefined || !whole.endsWith(";")) throw malformed(`unknown entity ${JSON.stringify(whole)}`);
    return text;
  });
}

function parseSize(text: string): number {
  const size = parseDigits(text, 0, text.length);
  if (text === "" || !(size <= Number.MAX_SAFE_INTEGER)) throw malformed(`Size is ${JSON.stringify(text)}`);
  return size;
}

const TIME = /^\d{4}-\d\d-\d\dT(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|[+-]00:00)$/;

/** A time in UTC in any form of XML's dateTime, to the ms. S3 writes `2021-03-05T10:12:13.000Z`, others no fraction. */
function parseTime(text: string): number {
  const match = TIME.exec(text);
  const day = parseDay(text.slice(0, 10));
  if (match === null || day === undefined) throw malformed(`LastModified is ${JSON.stringify(text)}`);
  const [, hour, minute, second, fraction = ""] = match;
  const ms = Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000;
  // 24:00:00 is the end of the day; a leap second doesn't exist for XML.
  if (!(ms <= DAY_MS && Number(minute) < 60 && Number(second) < 60)) {
    throw malformed(`LastModified is ${JSON.stringify(text)}`);
  }
  return day * DAY_MS + ms + Number(fraction.slice(0, 3).padEnd(3, "0"));
}

function checkOrder(names: readonly string[], request: ListRequest, compare: (a: string, b: string) => number): void {
  let previous = request.after;
  for (const name of names) {
    if (!name.startsWith(request.prefix)) {
      throw new ListPageError("LIST_FOREIGN", `${JSON.stringify(name)} is outside of ${request.prefix}`);
    }
    if (compare(name, previous) <= 0) {
      throw new ListPageError("LIST_ORDER", `${JSON.stringify(name)} comes after ${JSON.stringify(previous)}`);
    }
    previous = name;
  }
}

function malformed(message: string): ListPageError {
  return new ListPageError("LIST_MALFORMED", `malformed listing: ${message}`);
}
