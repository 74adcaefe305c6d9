import { DAY_MS, parseDay, parseDigits } from "../calendar/day.js";
import { parseEtag } from "./etag.js";
import { malformed, type ListedObject } from "./list-page.js";

/*
 * Parses single elements of a list page, in any form that XML allows and that S3 may use. Each is passed as the text
 * between its tags.
 */

/** The object described by a `<Contents>`. */
export function parseContents(inner: string): ListedObject {
  return {
    key: unescapeXml(requiredText(inner, "Contents", "Key")),
    size: parseSize(requiredText(inner, "Contents", "Size")),
    lastModified: parseTime(requiredText(inner, "Contents", "LastModified")),
    etag: parseEtag(onlyText(inner, "Contents", "ETag")),
  };
}

/** The prefixes in a `<CommonPrefixes>`: normally one, but some servers write several. */
export function parsePrefixes(inner: string): string[] {
  const prefixes = childTexts(inner, "Prefix").map(unescapeXml);
  if (prefixes.length === 0) throw malformed("<CommonPrefixes> has no <Prefix>");
  return prefixes;
}

/** Text of an element that contains only text, and is not empty. */
export function parseText(name: string, inner: string): string {
  if (inner === "" || inner.includes("<")) throw malformed(`<${name}> is not plain text`);
  return unescapeXml(inner);
}

/** Texts of all children of that name. */
function childTexts(inner: string, name: string): string[] {
  const open = `<${name}>`;
  const close = `</${name}>`;
  const texts: string[] = [];
  for (let start = inner.indexOf(open); start >= 0;) {
    const from = start + open.length;
    const end = inner.indexOf("<", from);
    if (end < 0 || !inner.startsWith(close, end)) throw malformed(`${open} is not plain text`);
    texts.push(inner.slice(from, end));
    start = inner.indexOf(open, end + close.length);
  }
  return texts;
}

/** Text of the only child of that name, or undefined when there is none. */
function onlyText(inner: string, parent: string, name: string): string | undefined {
  const texts = childTexts(inner, name);
  if (texts.length > 1) throw malformed(`<${parent}> has more than one <${name}>`);
  return texts[0];
}

function requiredText(inner: string, parent: string, name: string): string {
  const text = onlyText(inner, parent, name);
  if (text === undefined) throw malformed(`<${parent}> has no <${name}>`);
  return text;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]{0,12});?/g, (whole, name: string) => {
    const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
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
  // 24:00:00 is the end of the day; XML has no leap seconds.
  if (!(ms <= DAY_MS && Number(minute) < 60 && Number(second) < 60)) {
    throw malformed(`LastModified is ${JSON.stringify(text)}`);
  }
  return day * DAY_MS + ms + Number(fraction.slice(0, 3).padEnd(3, "0"));
}
