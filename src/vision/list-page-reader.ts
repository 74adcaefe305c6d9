import type { Dataset } from "./dataset.js";
import { FileContents } from "./list-contents.js";
import { requireEcho } from "./list-echo.js";
import { parseContents, parsePrefixes, parseText } from "./list-elements.js";
import { compareUtf8, requireGroup, requireOrder } from "./list-order.js";
import { ListPageError, malformed, noFiles, type ListedObject, type ListPage } from "./list-page.js";
import type { Continuation, ListRequest } from "./list-request.js";
import { checksumKey, fileKeyEnd, filePeriod, isChecksum } from "./object-key.js";
import { XmlElements, type XmlElement } from "./xml-elements.js";

/** The symbol whose files are requested. */
export interface FileKeys {
  dataset: Dataset;
  /** Start of the keys of a symbol's files, as `fileKeyStem` gives it. */
  stem: string;
}

/**
 * Parses one list page while it arrives. It is strict: anything unaccounted for is an error, because a misread page
 * means lost rows. Files in S3's exact format are parsed from bytes, everything else as text.
 *
 * @example
 * ```ts
 * const reader = new ListPageReader(request, { dataset, stem: fileKeyStem(dataset, "BTCUSDT") });
 * for await (const chunk of body) reader.push(chunk);
 * const { files } = reader.finish();
 * ```
 */
export class ListPageReader {
  private readonly elements = new XmlElements("ListBucketResult");
  private readonly contents: FileContents | undefined;
  private readonly files = noFiles();
  private readonly others: ListedObject[] = [];
  private readonly prefixes: string[] = [];
  /** Texts of the elements that may appear once. */
  private readonly singles = new Map<string, string>();
  /** Keys and prefixes so far. */
  private count = 0;
  private prefixCount = 0;
  /** The previous key: a file's or checksum's as its position among those of the symbol, any other as text. */
  private previousPlace = -1;
  private previousKey: string;
  private previousPrefix: string;

  /** @param keys the wanted files; without them, every object is among the page's `others` */
  constructor(
    private readonly request: ListRequest,
    private readonly keys?: FileKeys,
  ) {
    this.previousKey = request.after;
    this.previousPrefix = request.after;
    if (keys !== undefined) this.contents = new FileContents(keys.dataset.cadence, keys.stem);
  }

  /**
   * Consumes the next bytes of the page. The caller bounds their number (`MAX_PAGE_BYTES`).
   *
   * @throws ListPageError as soon as the page can't be trusted
   */
  push(chunk: Uint8Array): void {
    const { elements, contents } = this;
    elements.push(chunk);
    while (elements.enter()) {
      const end = contents?.read(elements.bytes, elements.position, elements.end) ?? -1;
      if (contents !== undefined && end >= 0) {
        this.addFile(contents);
        elements.advance(end);
        continue;
      }
      const element = elements.next();
      if (element === undefined) return;
      this.add(element);
    }
  }

  /**
   * The page, once all of its bytes have been pushed.
   *
   * @throws ListPageError when it is cut off, malformed, or not what was requested
   */
  finish(): ListPage {
    this.elements.finish();
    const { files, others, prefixes, count, singles } = this;
    const truncated = singles.get("IsTruncated");
    if (truncated !== "true" && truncated !== "false") {
      throw malformed(`IsTruncated is ${truncated === undefined ? "absent" : JSON.stringify(truncated)}`);
    }
    const keyCount = singles.get("KeyCount");
    if (keyCount !== undefined && keyCount !== String(count)) {
      throw malformed(`KeyCount is ${keyCount} on a page of ${count}`);
    }
    const lastEntry = this.lastEntry();
    if (truncated === "true" && lastEntry === this.request.after) {
      throw new ListPageError("LIST_STUCK", "an empty page claims that more pages follow");
    }
    return { files, others, prefixes, truncated: truncated === "true", lastEntry, continuation: this.continuation() };
  }

  private add({ name, inner }: XmlElement): void {
    switch (name) {
      case "Contents":
        this.addObject(parseContents(inner));
        break;
      case "CommonPrefixes":
        for (const prefix of parsePrefixes(inner)) this.addPrefix(prefix);
        break;
      case "IsTruncated":
      case "KeyCount":
        this.keepSingle(name, inner);
        break;
      case "NextContinuationToken":
      case "NextMarker":
        this.keepSingle(name, parseText(name, inner));
        break;
      case "Prefix":
      case "Delimiter":
      case "StartAfter":
      case "ContinuationToken":
      case "Marker":
      case "MaxKeys": {
        const text = inner === "" ? "" : parseText(name, inner);
        this.keepSingle(name, text);
        requireEcho(this.request, name, text);
        break;
      }
      case "EncodingType":
        throw malformed("keys are encoded, which was not requested");
      default:
        break;
    }
  }

  private addFile(contents: FileContents): void {
    const { day } = contents;
    const place = 2 * day + Number(contents.isChecksum);
    // Periods sort like their names, and a checksum follows its file.
    if (this.previousPlace < 0 || place <= this.previousPlace) {
      requireOrder(this.keyAt(place), this.lastKey(), this.request.prefix);
    }
    this.previousPlace = place;
    this.countEntry();
    if (!contents.isChecksum)
      this.keepFile(day, contents.size, contents.lastModified, contents.etagHigh, contents.etagLow);
  }

  private addObject(object: ListedObject): void {
    const { key, size, lastModified, etag } = object;
    requireOrder(key, this.lastKey(), this.request.prefix);
    this.previousPlace = -1;
    this.previousKey = key;
    this.countEntry();
    const { keys } = this;
    const day = keys && filePeriod(keys.dataset, keys.stem, key);
    if (day !== undefined) this.keepFile(day, size, lastModified, etag.high, etag.low);
    else if (keys === undefined || !isChecksum(keys.dataset, keys.stem, key)) this.others.push(object);
  }

  private addPrefix(prefix: string): void {
    this.countEntry();
    // Some servers repeat the group that ended the previous page.
    const { after } = this.request;
    if (this.prefixCount++ === 0 && after !== "" && prefix === after) return;
    requireOrder(prefix, this.previousPrefix, this.request.prefix);
    requireGroup(prefix, this.request);
    this.previousPrefix = prefix;
    this.prefixes.push(prefix);
  }

  private keepFile(day: number, size: number, lastModified: number, etagHigh: number, etagLow: number): void {
    const { files } = this;
    files.days.push(day);
    files.sizes.push(size);
    files.lastModified.push(lastModified);
    files.etagHighs.push(etagHigh);
    files.etagLows.push(etagLow);
  }

  private countEntry(): void {
    const { maxKeys } = this.request;
    if (++this.count > maxKeys) throw malformed(`more entries than the ${maxKeys} requested`);
  }

  private keepSingle(name: string, text: string): void {
    if (this.singles.has(name)) throw malformed(`${name} appears twice`);
    this.singles.set(name, text);
  }

  private continuation(): Continuation | undefined {
    const token = this.singles.get("NextContinuationToken");
    if (token !== undefined) return { parameter: "continuation-token", value: token };
    const marker = this.singles.get("NextMarker");
    return marker === undefined ? undefined : { parameter: "marker", value: marker };
  }

  /** The key of a file or checksum by its position among those of the symbol. */
  private keyAt(place: number): string {
    const { keys } = this;
    if (keys === undefined) return "";
    const key = keys.stem + fileKeyEnd(keys.dataset, Math.floor(place / 2));
    return place % 2 === 0 ? key : checksumKey(key);
  }

  private lastKey(): string {
    return this.previousPlace < 0 ? this.previousKey : this.keyAt(this.previousPlace);
  }

  private lastEntry(): string {
    const key = this.lastKey();
    return compareUtf8(key, this.previousPrefix) > 0 ? key : this.previousPrefix;
  }
}
