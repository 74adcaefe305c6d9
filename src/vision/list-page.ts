import type { Day } from "../calendar/day.js";
import type { Etag } from "./etag.js";
import type { Continuation } from "./list-request.js";

/** One page of the bucket's listing (S3 `ListBucketResult`, versions 1 and 2). */
export interface ListPage {
  /** Files of the symbol that the page was read for. */
  files: ListedFiles;
  /** All other objects, in the page's order. The checksums of the symbol's files are known companions and left out. */
  others: ListedObject[];
  /** Common prefixes, when the request had a delimiter. */
  prefixes: string[];
  /** Whether keys after the last of this page exist. */
  truncated: boolean;
  /** The last key or prefix, where the next page starts after; that of the page before on an empty page. */
  lastEntry: string;
  /** How the server wants to be asked for the next page, if it says so. */
  continuation: Continuation | undefined;
}

/** Files of one symbol by ascending period: parallel columns, so that no object and no text is made for a file. */
export interface ListedFiles {
  /** First day of each file's period. */
  days: Day[];
  /** Bytes. */
  sizes: number[];
  /** Upload times, ms since the Unix epoch. */
  lastModified: number[];
  /** First 8 bytes of each md5 in two parts, see `parseEtag`. */
  etagHighs: number[];
  etagLows: number[];
}

/** An object whose key is not that of a file asked for. */
export interface ListedObject {
  key: string;
  /** Bytes. */
  size: number;
  /** Upload time, ms since the Unix epoch. */
  lastModified: number;
  etag: Readonly<Etag>;
}

/** No files yet. */
export function noFiles(): ListedFiles {
  return { days: [], sizes: [], lastModified: [], etagHighs: [], etagLows: [] };
}

/** Why a page can't be trusted. */
export type ListPageCode = "LIST_MALFORMED" | "LIST_TRUNCATED" | "LIST_ORDER" | "LIST_STUCK" | "LIST_FOREIGN";

/** A page that can't be trusted. `code` is stable. */
export class ListPageError extends Error {
  constructor(
    readonly code: ListPageCode,
    message: string,
  ) {
    super(message);
    this.name = "ListPageError";
  }
}

/** The error of a page that is not written as S3 writes one. */
export function malformed(message: string): ListPageError {
  return new ListPageError("LIST_MALFORMED", `malformed listing: ${message}`);
}
