import { dayOfInput } from "../calendar/day-input.js";
import { DAY_MS, dayAt, formatDay, type Day } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { formatTime, timeOfInput } from "../calendar/time.js";
import { UsageError } from "../errors.js";
import type { Dataset } from "../vision/dataset.js";
import { printableJson } from "../text/printable.js";
import { hasSecretParts, maskedUrl } from "../text/secrets.js";
import { isSymbol } from "../vision/symbol.js";

/**
 * Checks of option values, the same for the library and for the CLI, which parses them from text first.
 */

/**
 * Validates the value of an option and returns it.
 *
 * @param option the caller's name of the option
 * @throws UsageError
 */
export type Check<Value> = (option: string, value: unknown) => Value;

/** A string that isn't blank. */
export function checkText(option: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(option, value, "a string");
  if (value.trim() === "") throw new UsageError(`${shown(value)} is blank`, { option });
  return value;
}

/** True or false. */
export function checkFlag(option: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new UsageError(`${shown(value)} is neither true nor false`, { option });
  return value;
}

/** A whole number from `min` to `max`, both inclusive. */
export function checkWhole([min, max]: readonly [min: number, max: number]): Check<number> {
  return (option, value) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    throw wrong(option, value, `a whole number from ${min} to ${max}`);
  };
}

/** A share from 0 to 1. */
export function checkShare(option: string, value: unknown): number {
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
    throw wrong(option, value, "a share from 0 to 1 or from 0% to 100%");
  }
  return value;
}

/** One of several words. */
export function checkChoice<const Choice extends string>(choices: readonly Choice[]): Check<Choice> {
  return (option, value) => {
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw wrong(option, value, `one of ${choices.join(", ")}`);
    return choice;
  };
}

/** A UTC day, `YYYY-MM-DD` or a `Date`. */
export function checkDay(option: string, value: unknown): Day {
  const day = dayOfInput(value);
  if (day === undefined) throw new UsageError(`${shown(value)} is not a date; write YYYY-MM-DD`, { option });
  return day;
}

/**
 * A UTC day in the past, but not before the market began.
 *
 * @param now ms since the Unix epoch
 */
export function checkPastDay({ marketStart }: Dataset, now: number): Check<Day> {
  return (option, value) => {
    const day = checkDay(option, value);
    if (day < marketStart) {
      const start = formatDay(marketStart);
      throw new UsageError(`${formatDay(day)} is before ${start}, the start of the market`, { option });
    }
    const yesterday = dayAt(now) - 1;
    if (day > yesterday) {
      const last = formatDay(yesterday);
      throw new UsageError(`${formatDay(day)} has not ended yet; the last complete UTC day is ${last}`, { option });
    }
    return day;
  };
}

/** An instant, ISO 8601 with Z or a `Date`, in ms since the Unix epoch. */
export function checkTime(option: string, value: unknown): number {
  const time = timeOfInput(value);
  if (time !== undefined) return time;
  throw new UsageError(`${shown(value)} is not a time; write YYYY-MM-DDTHH:MM:SSZ`, { option });
}

/**
 * An instant in the past, but not before the market began, in ms since the Unix epoch.
 *
 * @param now ms since the Unix epoch
 */
export function checkPastTime({ marketStart }: Dataset, now: number): Check<number> {
  return (option, value) => {
    const time = checkTime(option, value);
    if (time < marketStart * DAY_MS) {
      const start = formatDay(marketStart);
      throw new UsageError(`${formatTime(time)} is before ${start}, the start of the market`, { option });
    }
    if (time > now) throw new UsageError(`${formatTime(time)} is in the future`, { option });
    return time;
  };
}

/** An http or https URL without credentials, query or fragment; returned without a trailing slash. */
export function checkUrl(path: "with path" | "without path"): Check<string> {
  return (option, value) => {
    const text = checkText(option, value);
    if (!URL.canParse(text)) throw wrong(option, maskedUrl(text), "a URL");
    const url = new URL(text);
    const refuse = (problem: string) => new UsageError(problem, { option });
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      throw refuse(`${shown(maskedUrl(text))} is neither https nor http`);
    }
    if (hasSecretParts(url)) {
      const parts = path === "with path" ? "scheme, host, port and path" : "scheme, host and port";
      throw refuse(`only ${parts} belong in ${shown(maskedUrl(text))}`);
    }
    const trimmed = url.pathname.replace(/\/+$/, "");
    if (trimmed !== "" && path === "without path") throw refuse(`${shown(maskedUrl(text))} must have no path`);
    return url.origin + trimmed;
  };
}

/** A symbol as the bucket names it. */
export function checkSymbol(option: string, value: unknown): string {
  if (typeof value !== "string" || !isSymbol(value)) throw wrong(option, value, "a symbol (such as BTCUSDT)");
  return value;
}

/** Symbols, at least one; returned without duplicates. */
export function checkSymbols(option: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw wrong(option, value, "a list of symbols");
  const symbols = value.map((symbol: unknown) => checkSymbol(option, symbol));
  if (symbols.length === 0) throw new UsageError("no symbols", { option });
  return [...new Set(symbols)];
}

/** A certificate in a PEM file, to the end of the file if its own end is missing. */
const CERTIFICATE = /^-----BEGIN CERTIFICATE-----[^]*?(?:-----END CERTIFICATE-----|(?![^]))/gm;

/** The text of PEM certificates, with any other text between them. */
export function checkPem(option: string, value: unknown): string {
  const text = checkText(option, value);
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    const path = text.includes("\n") ? "" : "; give the text of the certificates, not the path of a file";
    throw new UsageError(`contains no PEM certificate${path}`, { option });
  }
  // TLS ignores what it can't read. Loading the module takes time, and few callers pass certificates.
  const { X509Certificate } = process.getBuiltinModule("node:crypto");
  for (const [at, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      const which = `certificate ${at + 1} of ${certificates.length}`;
      throw new UsageError(`${which} can't be read`, { option, cause });
    }
  }
  return text;
}

/** A signal that aborts the work. */
export function checkSignal(option: string, value: unknown): AbortSignal {
  // Duck typing, because a signal from another realm fails `instanceof`.
  if (isObject(value) && "aborted" in value && "addEventListener" in value) return value as AbortSignal;
  throw wrong(option, value, "an AbortSignal");
}

/** A function that is called with each event. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the option's reader knows its events
export function checkListener<Event>(option: string, value: unknown): (event: Event) => unknown {
  if (typeof value !== "function") throw wrong(option, value, "a function");
  return value as (event: Event) => unknown;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function wrong(option: string, value: unknown, wanted: string): UsageError {
  if (value === undefined) return new UsageError(`${wanted} must be given`, { option });
  return new UsageError(`${shown(value)} is not ${wanted}`, { option });
}

/** A value for a message: strings are quoted, with control characters made visible. */
export function shown(value: unknown): string {
  if (typeof value === "string") return printableJson(JSON.stringify(value));
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  if (isObject(value) && !(value instanceof Date)) return "an object";
  return String(value);
}

/**
 * The span between two days given as `from` and `to`.
 *
 * @throws UsageError when the first day is after the last
 */
export function orderedSpan(from: Day, to: Day): Span {
  if (from > to) throw new UsageError("the first day is after the last", { option: "from" });
  return { from, to };
}
