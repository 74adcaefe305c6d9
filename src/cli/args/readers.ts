import { readFileSync } from "node:fs";
import { UsageError } from "../../errors.js";
import { DEFAULT_DATASET } from "../../vision/datasets/default.js";
import { dayAt, formatDay, parseDay } from "../../calendar/day.js";
import { isSymbol } from "../../vision/symbol.js";

/**
 * Checks of option values, run by yargs before any work (`coerce`). Each takes the option's name for its message and
 * gives the value checked.
 */

/** A past UTC date from the epoch on, YYYY-MM-DD. */
export function pastDate(name: string) {
  const { marketStart } = DEFAULT_DATASET;
  return (value: unknown): string => {
    const text = oneValue(name, value);
    const day = parseDay(text);
    if (day === undefined) throw new UsageError(`--${name}: ${quote(text)} is not a date; write YYYY-MM-DD`);
    if (day < marketStart)
      throw new UsageError(`--${name}: ${text} is before ${formatDay(marketStart)}, the start of the market`);
    const yesterday = dayAt(Date.now()) - 1;
    if (day > yesterday) {
      throw new UsageError(`--${name}: ${text} is not over yet; the last full UTC day is ${formatDay(yesterday)}`);
    }
    return text;
  };
}

/** A whole number within bounds, both included. */
export function wholeNumber(name: string, least: number, most: number) {
  return (value: unknown): number => {
    const text = oneValue(name, value);
    const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (!(number >= least && number <= most)) {
      throw new UsageError(`--${name}: ${quote(text)} is not a whole number from ${least} to ${most}`);
    }
    return number;
  };
}

/** A share from 0 to 1, or a percentage such as `5%`, as a share. */
export function shareOf(name: string) {
  return (value: unknown): number => {
    const text = oneValue(name, value);
    const match = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text);
    const share = match === null ? NaN : Number(match[1]) / (match[2] === "%" ? 100 : 1);
    if (!(share >= 0 && share <= 1)) {
      throw new UsageError(`--${name}: ${quote(text)} is not a share from 0 to 1 or from 0% to 100%`);
    }
    return share;
  };
}

/** An http or https URL without credentials, query or fragment; no slash at its end. */
export function httpUrl(name: string, allowPath: boolean) {
  return (value: unknown): string => {
    const text = oneValue(name, value);
    if (!URL.canParse(text)) throw new UsageError(`--${name}: ${quote(text)} is not a URL`);
    const url = new URL(text);
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      throw new UsageError(`--${name}: ${quote(text)} is neither https nor http`);
    }
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      throw new UsageError(
        `--${name}: only scheme, host, port${allowPath ? " and path" : ""} belong in ${quote(text)}`,
      );
    }
    const path = url.pathname.replace(/\/+$/, "");
    if (path !== "" && !allowPath) throw new UsageError(`--${name}: ${quote(text)} must have no path`);
    return url.origin + path;
  };
}

/** Symbols between commas. */
export function symbolList(name: string) {
  return (value: unknown): string[] => symbols(`--${name}`, oneValue(name, value).split(","));
}

/** Symbols of a file, one a line; empty lines and lines that start with # are passed over. */
export function symbolFile(name: string) {
  return (value: unknown): string[] => {
    const file = oneValue(name, value);
    const lines = readText(name, file).split(/\r?\n/);
    return symbols(
      `--${name} ${file}`,
      lines.filter((line) => line.trim() !== "" && !line.startsWith("#")),
    );
  };
}

/** Text of a PEM file. */
export function pemFile(name: string) {
  return (value: unknown): string => {
    const file = oneValue(name, value);
    const text = readText(name, file);
    if (!text.includes("-----BEGIN CERTIFICATE-----"))
      throw new UsageError(`--${name}: ${file} holds no PEM certificate`);
    return text;
  };
}

/** A text that is not empty. */
export function nonEmpty(name: string) {
  return (value: unknown): string => oneValue(name, value);
}

function symbols(source: string, texts: readonly string[]): string[] {
  const names = texts.map((text) => text.trim());
  const wrong = names.find((name) => !isSymbol(name));
  if (wrong !== undefined) throw new UsageError(`${source}: ${quote(wrong)} is not a symbol (such as BTCUSDT)`);
  if (names.length === 0) throw new UsageError(`${source}: no symbol`);
  return [...new Set(names)];
}

function readText(name: string, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--${name}: ${file} can't be read (${reason})`, { cause });
  }
}

/** An option given once, with a value. */
function oneValue(name: string, value: unknown): string {
  if (Array.isArray(value)) throw new UsageError(`--${name} is given more than once`);
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.trim() === "") throw new UsageError(`--${name} needs a value`);
  return text;
}

/** The value as it was typed, with control characters made visible. */
function quote(text: string): string {
  return JSON.stringify(text);
}
