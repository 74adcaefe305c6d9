import { dirname } from "node:path";
import { StoreError, type StoreErrorCode } from "../errors.js";
import { pathOf } from "./file.js";

/** A trouble of the store: what DuckDB or the file system say of it, and what we say. */
interface Trouble {
  sign: RegExp;
  code: StoreErrorCode;
  /** @param text of the original error */
  say: (file: string, text: string) => string;
}

/** What Node and DuckDB say of a full disk. */
const FULL = /ENOSPC|No space left|File too large|EFBIG|quota/i;

/** Whether an error is about a full disk. */
export function isFullDisk(error: Error): boolean {
  return FULL.test(error.message);
}

/** The first one whose sign is found counts. */
const TROUBLES: readonly Trouble[] = [
  {
    sign: /File locks are not supported|No locks available|Could not set lock on file.*(not implemented|not supported)/i,
    code: "STORE_UNUSABLE",
    say: (file) =>
      `the file system of ${file} has no locks, without which two runs could write at once: put it on another`,
  },
  {
    sign: /Could not set lock on file/,
    code: "STORE_LOCKED",
    say: (file, text) => `${file} is in use by ${holderOf(text)}: wait for it to end, or stop it`,
  },
  {
    sign: /not a valid DuckDB database file|Could not read enough bytes|Is a directory|checksum|Corrupt/i,
    code: "STORE_NOT_DUCKDB",
    say: (file) => `${file} is not a whole DuckDB file: move it away, or name another file`,
  },
  {
    sign: /newer version|storage version|version number/i,
    code: "STORE_NEWER_SCHEMA",
    say: (file) => `${file} was written by a newer DuckDB than this package has: update binance-futures-availability`,
  },
  {
    sign: FULL,
    code: "STORE_UNUSABLE",
    say: (file) => `the disk of ${file} is full: make room and run again; what was written before is intact`,
  },
  {
    sign: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    code: "STORE_UNUSABLE",
    say: (file) => `${file} can't be written or read by this user: change its permissions, or name another file`,
  },
];

/**
 * Maps an error of DuckDB or the file system to a StoreError that names the file and says how to fix it. A StoreError
 * passes unchanged; what is not recognized becomes STORE_UNUSABLE with the first line of the original text.
 */
export function toStoreError(file: string, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const ownWords = withoutPaths(text, file);
  const trouble = TROUBLES.find(({ sign }) => sign.test(ownWords));
  if (trouble !== undefined) return new StoreError(trouble.code, trouble.say(file, text), { cause: thrown });
  return new StoreError("STORE_UNUSABLE", `${file} can't be used: ${firstLine(text)}`, { cause: thrown });
}

/** A text without the file's path and the folders above it: they are the user's words, and may say anything. */
function withoutPaths(text: string, file: string): string {
  let stripped = text;
  for (const path of upwards(pathOf(file))) stripped = stripped.replaceAll(path, "");
  // The file system names a path as it was given; a relative one may be any word, so only after a quote.
  for (const path of upwards(file)) stripped = stripped.replaceAll(`'${path}`, "'").replaceAll(`"${path}`, '"');
  return stripped;
}

/** A path and the folders above it, the longest first, without the root. */
function upwards(path: string): string[] {
  const above = dirname(path);
  return above === path || path === "." ? [] : [path, ...upwards(above)];
}

function holderOf(text: string): string {
  const pid = /\(PID (\d+)\)/.exec(text)?.[1];
  return pid === undefined ? "another process" : `process ${pid}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
