import type { Day } from "../calendar/day.js";
import { bounded } from "../text/bounded.js";
import type { Etag } from "./etag.js";
import type { Continuation } from "./list-request.js";

/** One page of a listing of the bucket (S3 `ListBucketResult`, versions 1 and 2). */
export interface ListPage {
  /** Files of the requested symbol. */
  files: ListedFiles;
  /** All other objects, in page order, except the checksums of the symbol's files. */
  others: ListedObject[];
  /** Common prefixes, when the request had a delimiter. */
  prefixes: string[];
  /** Whether there are more keys after this page. */
  truncated: boolean;
  /** The last key or prefix, after which the next page starts; the previous page's on an empty page. */
  lastEntry: string;
  /** How the server asks to continue with the next page, if it does. */
  continuation: Continuation | undefined;
}

/** Files of one symbol by ascending period, as parallel columns, to avoid allocating an object or a string for each. */
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

/** An object that is not one of the requested files. */
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

/** The error for a page that can't be trusted. `code` is stable. */
export class ListPageError extends Error {
  constructor(
    readonly code: ListPageCode,
    message: string,
  ) {
    super(bounded(message));
    this.name = "ListPageError";
  }
}

/** The error for a page that S3 would not write. */
export function malformed(message: string): ListPageError {
  return new ListPageError("LIST_MALFORMED", `malformed listing: ${message}`);
}
