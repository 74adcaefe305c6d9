import { MAX_TAG_BYTES } from "./list-limits.js";
import { ListPageError, malformed } from "./list-page.js";

/** An element below the root. */
export interface XmlElement {
  name: string;
  /** The text between its tags, unparsed. */
  inner: string;
}

/** Initial buffer size: that of a socket read. */
const FIRST_CAPACITY = 65_536;
const OPEN = "<".charCodeAt(0);
const CLOSE = ">".charCodeAt(0);
const SLASH = "/".charCodeAt(0);
const QUESTION = "?".charCodeAt(0);

const ROOT_START = /^\uFEFF?(?:<\?xml[^<>]*\?>)?\s*<([A-Za-z]+)(?:\s[^<>]*)?>$/;
const START_TAG = /^<([A-Za-z]+)(?:\s[^<>]*?)?(\/?)>$/;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Splits an XML document into the elements below its root while its bytes arrive. Only white space is allowed between
 * elements. A caller that knows the form of an element may read it from `bytes` and {@link advance}.
 */
export class XmlElements {
  /** Holds the document's unread bytes at [position, end). */
  bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafe(FIRST_CAPACITY);
  position = 0;
  end = 0;
  private place: "prolog" | "root" | "epilog" = "prolog";
  /** Number of bytes after the position already searched for the closing tag of the element there. */
  private searched = 0;
  private readonly rootEnd: Buffer;

  constructor(private readonly root: string) {
    this.rootEnd = Buffer.from(`</${root}>`);
  }

  /** Appends the next bytes. */
  push(chunk: Uint8Array): void {
    if (this.position > 0) {
      this.bytes.copyWithin(0, this.position, this.end);
      this.end -= this.position;
      this.position = 0;
    }
    const end = this.end + chunk.length;
    if (end > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, end));
      larger.set(this.bytes.subarray(0, this.end));
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.end);
    this.end = end;
  }

  /**
   * Moves to the start of the root's next element. False when the bytes so far contain none.
   *
   * @throws ListPageError on anything but an element
   */
  enter(): boolean {
    if (this.place === "prolog" && !this.readProlog()) return false;
    this.skipSpace();
    if (this.position === this.end) return false;
    if (this.place === "epilog" || this.bytes[this.position] !== OPEN) throw this.unexpected();
    if (this.position + 1 === this.end) return false;
    if (this.bytes[this.position + 1] !== SLASH) return true;
    const { rootEnd } = this;
    const have = Math.min(rootEnd.length, this.end - this.position);
    if (rootEnd.compare(this.bytes, this.position, this.position + have, 0, have) !== 0) throw this.unexpected();
    if (have < rootEnd.length) return false;
    this.position += have;
    this.place = "epilog";
    return this.enter();
  }

  /**
   * Reads the element at the position. Undefined while it is incomplete.
   *
   * @throws ListPageError when it is not an element
   */
  next(): XmlElement | undefined {
    const start = this.position;
    const tagEnd = this.endOfTag(start);
    if (tagEnd < 0) return undefined;
    const tag = START_TAG.exec(this.text(start, tagEnd));
    if (tag === null) throw this.unexpected();
    const [, name = "", empty] = tag;
    if (empty === "/") {
      this.advance(tagEnd);
      return { name, inner: "" };
    }
    const closing = `</${name}>`;
    const innerEnd = this.bytes.indexOf(closing, Math.max(tagEnd, start + this.searched), "latin1");
    // The buffer may hold stale bytes beyond the end.
    if (innerEnd < 0 || innerEnd + closing.length > this.end) {
      this.searched = Math.max(0, this.end - closing.length - start);
      return undefined;
    }
    this.advance(innerEnd + closing.length);
    return { name, inner: this.text(tagEnd, innerEnd) };
  }

  /** Moves past an element that was read. */
  advance(position: number): void {
    this.position = position;
    this.searched = 0;
  }

  /**
   * Must be called after the last bytes.
   *
   * @throws ListPageError when the document is cut off
   */
  finish(): void {
    if (this.place === "prolog") throw malformed(`not a listing but ${this.excerpt()}`);
    if (this.place === "root") throw new ListPageError("LIST_TRUNCATED", "the page is cut off");
  }

  private readProlog(): boolean {
    let tagEnd = this.endOfTag(this.position);
    if (tagEnd >= 0 && this.bytes[tagEnd - 2] === QUESTION) tagEnd = this.endOfTag(tagEnd);
    if (tagEnd < 0) return false;
    const prolog = this.text(this.position, tagEnd);
    if (ROOT_START.exec(prolog)?.[1] !== this.root) throw malformed(`not a listing but ${this.excerpt()}`);
    if (prolog.endsWith("/>")) throw malformed("the listing is an empty element");
    this.position = tagEnd;
    this.place = "root";
    return true;
  }

  /** Position after the `>` that ends a tag; -1 when it hasn't arrived yet. */
  private endOfTag(start: number): number {
    const limit = Math.min(this.end, start + MAX_TAG_BYTES);
    for (let at = start; at < limit; at++) if (this.bytes[at] === CLOSE) return at + 1;
    if (this.end >= start + MAX_TAG_BYTES) throw this.unexpected();
    return -1;
  }

  private skipSpace(): void {
    while (this.position < this.end && isSpace(this.bytes[this.position])) this.position++;
  }

  /** @throws ListPageError when the bytes are not UTF-8 */
  private text(start: number, end: number): string {
    try {
      return utf8.decode(this.bytes.subarray(start, end));
    } catch {
      throw malformed("its bytes are not UTF-8");
    }
  }

  private unexpected(): ListPageError {
    return malformed(`unexpected ${this.excerpt()}`);
  }

  /** The text at the position, for a message. */
  private excerpt(): string {
    return JSON.stringify(this.bytes.toString("utf8", this.position, Math.min(this.end, this.position + 60)));
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
