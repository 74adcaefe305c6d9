import { folderContents, foreignContents, textPart, type KeyWriter, type Part } from "./contents.js";
import { runAt, type KeyOrder } from "./key-order.js";
import { tokenAfter, type ListRequest } from "./list-request.js";
import type { ListPage } from "./list-pages.js";
import { escapeXml } from "./xml.js";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Writes a page as S3's ListBucketResult document of the requested version. */
export function listingDocument(bucket: string, order: KeyOrder, request: ListRequest, page: ListPage): Buffer {
  const text = textWriter(request.encodeKeys);
  const truncated = page.next !== undefined;
  const head =
    request.version === 1
      ? element("Marker", text(request.given.marker ?? "")) +
        // v1 gives the next marker only for a grouped listing; otherwise the last key is the marker.
        (truncated && request.delimiter !== "" ? element("NextMarker", text(page.next ?? "")) : "")
      : optional("ContinuationToken", request.given.continuationToken, escapeXml) +
        (page.next === undefined ? "" : element("NextContinuationToken", escapeXml(tokenAfter(page.next)))) +
        optional("StartAfter", request.given.startAfter, text) +
        element("KeyCount", String(page.count));
  const contents = page.contents.flatMap(({ from, to }) => contentsOf(order, from, to, text));
  const groups = page.commonPrefixes.map(
    (group) => `<CommonPrefixes>${element("Prefix", text(group))}</CommonPrefixes>`,
  );
  const opening =
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="${NAMESPACE}">` +
    element("Name", bucket) +
    element("Prefix", text(request.prefix)) +
    head +
    element("MaxKeys", String(request.maxKeys)) +
    (request.delimiter === "" ? "" : element("Delimiter", text(request.delimiter))) +
    (request.encodeKeys ? element("EncodingType", "url") : "") +
    element("IsTruncated", String(truncated));
  return writeParts([textPart(opening), ...contents, textPart(`${groups.join("")}</ListBucketResult>`)]);
}

/** The parts in one buffer, so that a page is neither copied nor allocated twice. */
function writeParts(parts: readonly Part[]): Buffer {
  const out = Buffer.allocUnsafe(parts.reduce((sum, { maxBytes }) => sum + maxBytes, 0));
  let at = 0;
  for (const part of parts) at = part.write(out, at);
  return out.subarray(0, at);
}

function textWriter(encodeKeys: boolean): KeyWriter {
  return encodeKeys ? (text) => encodeKey(text) : escapeXml;
}

/**
 * Encodes a key like `encoding-type=url`: form encoding with `/` and `*` kept and `~` encoded, as MinIO's authors
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

function optional(name: string, text: string | undefined, write: KeyWriter): string {
  return text === undefined ? "" : element(name, write(text));
}

/** The `<Contents>` of keys [from, to), run by run. */
function contentsOf(order: KeyOrder, from: number, to: number, text: KeyWriter): Part[] {
  const parts: Part[] = [];
  for (let position = from; position < to;) {
    const run = runAt(order, position);
    const end = Math.min(to, run.start + run.count);
    parts.push(
      run.type === "foreign"
        ? foreignContents(run.object, text)
        : folderContents(run.folder, run.first + position - run.start, run.first + end - run.start, text),
    );
    position = end;
  }
  return parts;
}
