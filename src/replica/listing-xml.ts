import { formatDay, type Day } from "../vision/day.js";
import { klineKey } from "../vision/object-key.js";
import type { Folder, ForeignObject } from "./history.js";
import { runAt, type KeyOrder } from "./key-order.js";
import { tokenAfter, type ListRequest } from "./list-request.js";
import type { ListPage } from "./listing.js";
import { hashText } from "./random.js";
import { etagOf, fileFacts, type ObjectFacts } from "./stored-object.js";
import { escapeXml } from "./xml.js";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Writes a page as S3's ListBucketResult document of the version asked for. */
export function listingDocument(bucket: string, order: KeyOrder, request: ListRequest, page: ListPage): string {
  const text = textWriter(request.encodeKeys);
  const truncated = page.next !== undefined;
  const head =
    request.version === 1
      ? element("Marker", text(request.given.marker ?? "")) +
        // v1 names the next marker only for a grouped listing; else the last key is the marker.
        (truncated && request.delimiter !== "" ? element("NextMarker", text(page.next ?? "")) : "")
      : optional("ContinuationToken", request.given.continuationToken, escapeXml) +
        (page.next === undefined ? "" : element("NextContinuationToken", escapeXml(tokenAfter(page.next)))) +
        optional("StartAfter", request.given.startAfter, text) +
        element("KeyCount", String(page.count));
  const contents = page.contents.map(({ from, to }) => contentsOf(order, from, to, text));
  const groups = page.commonPrefixes.map(
    (group) => `<CommonPrefixes>${element("Prefix", text(group))}</CommonPrefixes>`,
  );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="${NAMESPACE}">` +
    element("Name", bucket) +
    element("Prefix", text(request.prefix)) +
    head +
    element("MaxKeys", String(request.maxKeys)) +
    (request.delimiter === "" ? "" : element("Delimiter", text(request.delimiter))) +
    (request.encodeKeys ? element("EncodingType", "url") : "") +
    element("IsTruncated", String(truncated)) +
    `${contents.join("")}${groups.join("")}</ListBucketResult>`
  );
}

type TextWriter = (text: string) => string;

function textWriter(encodeKeys: boolean): TextWriter {
  return encodeKeys ? (text) => encodeKey(text) : escapeXml;
}

/**
 * A key as `encoding-type=url` gives it: form encoding with `/` and `*` kept and `~` encoded, as MinIO's authors
 * observed on S3 (cmd/api-utils.go).
 */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function element(name: string, text: string): string {
  return `<${name}>${text}</${name}>`;
}

function optional(name: string, text: string | undefined, write: TextWriter): string {
  return text === undefined ? "" : element(name, write(text));
}

/** The `<Contents>` of keys [from, to), run by run. */
function contentsOf(order: KeyOrder, from: number, to: number, text: TextWriter): string {
  let xml = "";
  for (let position = from; position < to;) {
    const run = runAt(order, position);
    const end = Math.min(to, run.start + run.count);
    if (run.type === "foreign") xml += foreignContents(run.object, text);
    else xml += folderContents(run.folder, run.first + position - run.start, run.first + end - run.start, text);
    position = end;
  }
  return xml;
}

/** The `<Contents>` of a folder's keys [first, end): zips at even places, checksums at odd ones. */
function folderContents(folder: Folder, first: number, end: number, text: TextWriter): string {
  // The key's text around its date is the same all over the folder, so it is encoded once.
  const anyDay = 0;
  const [stem = "", tail = ""] = text(klineKey(folder.symbol, anyDay)).split(formatDay(anyDay));
  let xml = "";
  for (let place = first; place < end; place++) {
    const checksum = place % 2 === 1;
    const date = isoDate(folder.days[place >> 1] ?? anyDay);
    const key = `${stem}${date}${tail}${checksum ? ".CHECKSUM" : ""}`;
    xml += contents(key, fileFacts(folder, place >> 1, checksum));
  }
  return xml;
}

function foreignContents(object: ForeignObject, text: TextWriter): string {
  const etag = etagOf(hashText(object.key), object.size, object.uploaded);
  return contents(text(object.key), { ...object, etag });
}

function contents(key: string, { size, uploaded, etag }: ObjectFacts): string {
  return (
    `<Contents><Key>${key}</Key><LastModified>${isoTime(uploaded)}</LastModified><ETag>&quot;${etag}&quot;</ETag>` +
    `<Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

const dates = new Map<Day, string>();

/** {@link formatDay}, remembered: pages of all symbols name the same few thousand days. */
function isoDate(day: Day): string {
  let date = dates.get(day);
  if (date === undefined) dates.set(day, (date = formatDay(day)));
  return date;
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** `2021-03-05T10:12:13.000Z` of a second since the Unix epoch. */
function isoTime(second: number): string {
  const day = Math.floor(second / 86_400);
  const ofDay = second - day * 86_400;
  const hours = TWO_DIGITS[Math.floor(ofDay / 3600)] ?? "";
  const minutes = TWO_DIGITS[Math.floor(ofDay / 60) % 60] ?? "";
  return `${isoDate(day)}T${hours}:${minutes}:${TWO_DIGITS[ofDay % 60] ?? ""}.000Z`;
}
