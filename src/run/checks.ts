import { dayOfInput } from "../calendar/day-input.js";
import { DAY_MS, dayAt, formatDay, type Day } from "../calendar/day.js";
import { formatTime, timeOfInput } from "../calendar/time.js";
import { UsageError } from "../errors.js";
import type { Dataset } from "../vision/dataset.js";
import { printableJson } from "../text/printable.js";
import { maskedUrl } from "../text/secrets.js";
import { isSymbol } from "../vision/symbol.js";

/**
 * Checks of option values, the same for the library and for the CLI, which reads them from text. Each takes the option's
 * name, as the caller knows it, and gives the value.
 *
 * @throws UsageError, each of them
 */

/** A text that isn't blank. */
export function checkText(option: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw wrong(option, value, "a text");
  return value;
}

/** True or false. */
export function checkFlag(option: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wrong(option, value, "true or false");
  return value;
}

/** A whole number within bounds, both included. */
export function checkWhole(option: string, value: unknown, [min, max]: readonly [number, number]): number {
  if (!(Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) {
    throw wrong(option, value, `a whole number from ${min} to ${max}`);
  }
  return Number(value);
}

/** A share from 0 to 1. */
export function checkShare(option: string, value: unknown): number {
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
    throw wrong(option, value, "a share from 0 to 1 or from 0% to 100%");
  }
  return value;
}

/** One of some words. */
export function checkChoice<Choice extends string>(option: string, value: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw wrong(option, value, `one of ${choices.join(", ")}`);
  return choice;
}

/**
 * A UTC day, `YYYY-MM-DD` or a `Date`.
 */
export function checkDay(option: string, value: unknown): Day {
  const day = dayOfInput(value);
  if (day === undefined) throw new UsageError(`${shown(value)} is not a date; write YYYY-MM-DD`, { option });
  return day;
}

/**
 * A UTC day that is over and not before the market began.
 *
 * @param now ms since the Unix epoch
 */
export function checkPastDay(option: string, value: unknown, { marketStart }: Dataset, now: number): Day {
  const day = checkDay(option, value);
  if (day < marketStart) {
    throw new UsageError(`${formatDay(day)} is before ${formatDay(marketStart)}, the start of the market`, { option });
  }
  const yesterday = dayAt(now) - 1;
  if (day > yesterday) {
    const last = formatDay(yesterday);
    throw new UsageError(`${formatDay(day)} is not over yet; the last full UTC day is ${last}`, { option });
  }
  return day;
}

/**
 * An instant that is over and not before the market began, in ms since the Unix epoch.
 *
 * @param now ms since the Unix epoch
 */
export function checkPastTime(option: string, value: unknown, { marketStart }: Dataset, now: number): number {
  const time = timeOfInput(value);
  if (time === undefined) {
    throw new UsageError(`${shown(value)} is not a time; write YYYY-MM-DDTHH:MM:SSZ`, { option });
  }
  if (time < marketStart * DAY_MS) {
    throw new UsageError(`${formatTime(time)} is before ${formatDay(marketStart)}, the start of the market`, {
      option,
    });
  }
  if (time > now) throw new UsageError(`${formatTime(time)} is later than now`, { option });
  return time;
}

/** An http or https URL without credentials, query or fragment; gives it without a slash at its end. */
export function checkUrl(option: string, value: unknown, path: "with path" | "without path"): string {
  const text = checkText(option, value);
  if (!URL.canParse(text)) throw wrong(option, maskedUrl(text), "a URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new UsageError(`${shown(maskedUrl(text))} is neither https nor http`, { option });
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    const parts = `scheme, host, port${path === "with path" ? " and path" : ""}`;
    throw new UsageError(`only ${parts} belong in ${shown(maskedUrl(text))}`, { option });
  }
  const trimmed = url.pathname.replace(/\/+$/, "");
  if (trimmed !== "" && path === "without path")
    throw new UsageError(`${shown(maskedUrl(text))} must have no path`, { option });
  return url.origin + trimmed;
}

/** Symbols, at least one; gives each once. */
export function checkSymbols(option: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw wrong(option, value, "a list of symbols");
  const symbols = value.map((symbol: unknown) => {
    if (typeof symbol !== "string" || !isSymbol(symbol)) throw wrong(option, symbol, "a symbol (such as BTCUSDT)");
    return symbol;
  });
  if (symbols.length === 0) throw new UsageError("no symbol", { option });
  return [...new Set(symbols)];
}

/** The text of PEM certificates. */
export function checkPem(option: string, value: unknown): string {
  const text = checkText(option, value);
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  const path = text.includes("\n") ? "" : "; give the text of the certificates, not the path of a file";
  throw new UsageError(`holds no PEM certificate${path}`, { option });
}

/** A signal that ends the work. */
export function checkSignal(option: string, value: unknown): AbortSignal {
  // By what it does: a signal of another realm is not an instance of this one's class.
  if (isObject(value) && "aborted" in value && "addEventListener" in value) return value as AbortSignal;
  throw wrong(option, value, "an AbortSignal");
}

/** A function that is called with each event. */
export function checkListener(option: string, value: unknown): (event: never) => void {
  if (typeof value !== "function") throw wrong(option, value, "a function");
  return value as (event: never) => void;
}

/** The options of a call, in one object. */
export function checkOptions<Options extends object>(value: Options): Options {
  const given: unknown = value;
  if (isObject(given)) return value;
  if (given === undefined) throw new UsageError("the options are missing: give them in one object");
  throw new UsageError(`give the options in one object, not ${shown(given)}`);
}

/** Refuses options that are left when all known ones are taken away. */
export function refuseUnknown(rest: object): void {
  const [option] = Object.keys(rest);
  if (option !== undefined) throw new UsageError("there is no such option", { option });
}

/** What `check` gives; undefined for an option that was left out. */
export function optional<T>(value: unknown, check: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : check(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function wrong(option: string, value: unknown, wanted: string): UsageError {
  return new UsageError(`${shown(value)} is not ${wanted}`, { option });
}

/** A value as a message shows it: texts quoted, with control characters made visible. */
function shown(value: unknown): string {
  return typeof value === "string" ? printableJson(JSON.stringify(value)) : String(value);
}
