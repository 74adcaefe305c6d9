import { formatDay, type Day } from "../../calendar/day.js";
import { formatTime } from "../../calendar/time.js";
import { UsageError } from "../../errors.js";
import {
  checkDay,
  checkPastDay,
  checkPastTime,
  checkPem,
  checkShare,
  checkSymbols,
  checkUrl,
  checkWhole,
} from "../../options/checks.js";
import { printable } from "../../text/printable.js";
import { readText } from "../../text/read-text.js";
import { DEFAULT_DATASET } from "../../vision/datasets/default.js";
import type { Reader, ValueKind } from "./command-page.js";

/**
 * Readers of option values, which yargs runs before any work (`coerce`). Each takes the option's name for its messages,
 * parses the text, and validates the value with the library's own check.
 */

function reader<Value>(takes: ValueKind, read: (value: unknown) => Value): Reader<Value> {
  return Object.assign(read, { takes });
}

/** A UTC date, YYYY-MM-DD. */
export function date(name: string) {
  return reader("DATE", (value): Day => checkDay(`--${name}`, oneValue(name, value)));
}

/** A UTC date in the past, but not before the market began, YYYY-MM-DD. */
export function pastDate(name: string) {
  return reader("DATE", (value): string =>
    formatDay(checkPastDay(DEFAULT_DATASET, Date.now())(`--${name}`, oneValue(name, value))),
  );
}

/** An instant in the past, but not before the market began, ISO 8601. */
export function pastTime(name: string) {
  return reader("TIME", (value): string =>
    formatTime(checkPastTime(DEFAULT_DATASET, Date.now())(`--${name}`, oneValue(name, value))),
  );
}

/** A whole number from `min` to `max`, both inclusive. */
export function wholeNumber(name: string, min: number, max: number) {
  return reader("NUMBER", (value): number => {
    const text = oneValue(name, value);
    return checkWhole([min, max])(`--${name}`, /^\d{1,15}$/.test(text) ? Number(text) : text);
  });
}

/** A share from 0 to 1, or a percentage such as `5%`, as a share. */
export function shareOf(name: string) {
  return reader("SHARE", (value): number => {
    const text = oneValue(name, value);
    const match = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text);
    const share = match === null ? NaN : Number(match[1]) / (match[2] === "%" ? 100 : 1);
    return checkShare(`--${name}`, share >= 0 && share <= 1 ? share : text);
  });
}

/** An http or https URL without credentials, query, fragment or trailing slash. */
export function httpUrl(name: string, allowPath: boolean) {
  return reader("URL", (value): string =>
    checkUrl(allowPath ? "with path" : "without path")(`--${name}`, oneValue(name, value)),
  );
}

/** Any http or https URL. Messages don't quote it, because it may contain a secret. */
export function webhook(name: string) {
  return reader("URL", (value): string => {
    const text = oneValue(name, value);
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
      throw new UsageError(`--${name} needs the URL of an https or http server`);
    }
    return text;
  });
}

/** Comma-separated symbols. */
export function symbolList(name: string) {
  return reader("SYMBOLS", (value): string[] => {
    const names = oneValue(name, value).split(",");
    return checkSymbols(
      `--${name}`,
      names.map((symbol) => symbol.trim()),
    );
  });
}

/** Symbols in a file, one per line; empty lines and lines that start with # are skipped. */
export function symbolFile(name: string) {
  return reader("FILE", (value): string[] => {
    const file = oneValue(name, value);
    const lines = textOf(name, file).split(/\r?\n/);
    const names = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
    return checkSymbols(`--${name} ${printable(file)}`, names);
  });
}

/** The value in a JSON file. */
export function jsonFile(name: string) {
  return reader("FILE", (value): unknown => {
    const file = oneValue(name, value);
    try {
      return JSON.parse(textOf(name, file));
    } catch (cause) {
      if (cause instanceof UsageError) throw cause;
      throw new UsageError(`--${name}: ${file} is not JSON`, { cause });
    }
  });
}

/** Text of a PEM file. */
export function pemFile(name: string) {
  return reader("FILE", (value): string => {
    const file = oneValue(name, value);
    return checkPem(`--${name} ${printable(file)}`, textOf(name, file));
  });
}

/** Text that is not blank. */
export function nonEmpty(name: string) {
  return reader("TEXT", (value): string => oneValue(name, value));
}

/** The path of a file. */
export function filePath(name: string) {
  return reader("FILE", (value): string => oneValue(name, value));
}

function textOf(name: string, file: string): string {
  try {
    return readText(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--${name}: ${file} can't be read (${reason})`, { cause });
  }
}

/** The value of an option that is given once. */
function oneValue(name: string, value: unknown): string {
  if (Array.isArray(value)) throw new UsageError(`--${name} is given more than once`);
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.trim() === "") throw new UsageError(`--${name} needs a value`);
  return text;
}
