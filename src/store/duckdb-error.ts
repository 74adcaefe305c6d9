import { dirname } from "node:path";
import { StoreError, type StoreErrorCode } from "../errors.js";
import { pathOf } from "./file.js";

/** A known problem: how to recognize it in errors of DuckDB or the file system, and our message for it. */
interface Trouble {
  sign: RegExp;
  code: StoreErrorCode;
  /** @param text the text of the original error */
  say: (file: string, text: string) => string;
}

/** How Node and DuckDB report a full disk. */
const FULL = /ENOSPC|No space left|File too large|EFBIG|quota/i;

/** Whether an error is about a full disk. */
export function isFullDisk(error: Error): boolean {
  return FULL.test(error.message);
}

/** The first match wins. */
const TROUBLES: readonly Trouble[] = [
  {
    sign: /File locks are not supported|No locks available|Could not set lock on file.*(not implemented|not supported)/i,
    code: "STORE_UNUSABLE",
    say: (file) =>
      `the file system of ${file} has no locks, so two runs could write at the same time: move the file to another one`,
  },
  {
    sign: /Could not set lock on file/,
    code: "STORE_LOCKED",
    say: (file, text) => `${file} is in use by ${holderOf(text)}: wait for it to end, or stop it`,
  },
  {
    sign: /not a valid DuckDB database file|Could not read enough bytes|Is a directory|checksum|Corrupt/i,
    code: "STORE_NOT_DUCKDB",
    say: (file) => `${file} is not a complete DuckDB file: move it away, or name another file`,
  },
  {
    sign: /newer version|storage version|version number/i,
    code: "STORE_NEWER_SCHEMA",
    say: (file) => `${file} was written by a newer DuckDB than this package uses: update binance-futures-availability`,
  },
  {
    sign: /foreign key constraint/i,
    code: "STORE_FOREIGN",
    say: (file) =>
      `a table in ${file} has a foreign key to one of this package's tables, which can't be changed because of it: drop it`,
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
 * Maps an error from DuckDB or the file system to a StoreError that names the file and says how to fix it. A StoreError
 * is returned unchanged; an unknown error becomes STORE_UNUSABLE with the first line of the original text.
 */
export function toStoreError(file: string, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const ownWords = withoutPaths(text, file);
  const trouble = TROUBLES.find(({ sign }) => sign.test(ownWords));
  if (trouble !== undefined) return new StoreError(trouble.code, trouble.say(file, text), { cause: thrown });
  return new StoreError("STORE_UNUSABLE", `${file} can't be used: ${firstLine(text)}`, { cause: thrown });
}

/** Removes the file's path and its parent folders from a text: they could contain any words. */
function withoutPaths(text: string, file: string): string {
  let stripped = text;
  for (const path of upwards(pathOf(file))) stripped = stripped.replaceAll(path, "");
  // The file system gives the path as it was passed; a relative one may be any word, so only remove it after a quote.
  for (const path of upwards(file)) stripped = stripped.replaceAll(`'${path}`, "'").replaceAll(`"${path}`, '"');
  return stripped;
}

/** A path and its parent folders, longest first, without the root. */
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
