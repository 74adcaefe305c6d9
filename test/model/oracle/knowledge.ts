import { DAY_MS, dayAt, type Day } from "../../../src/calendar/day.js";
import type { BucketFile } from "../history.js";

/** The last stored answer about a cell. */
export interface Belief {
  /** Undefined if there was no file. */
  readonly file: BucketFile | undefined;
  /** Machine time of the answer, ms. */
  readonly probedAt: number;
}

/** A complete listing of all symbol folders. */
export interface Listing {
  /** Machine time, ms. */
  readonly at: number;
  readonly names: ReadonlySet<string>;
}

/** All stored answers of all runs. */
export interface Knowledge {
  readonly cells: Map<string, Map<Day, Belief>>;
  /** In the order in which they were made. */
  readonly listings: Listing[];
  /** Machine time of the last run that answered all due cells of a symbol, by symbol. */
  readonly looks: Map<string, number>;
  /** Machine times of the sweeps without failures. */
  readonly sweeps: number[];
}

/** Knowledge of a new file. */
export function nothingKnown(): Knowledge {
  return { cells: new Map(), listings: [], looks: new Map(), sweeps: [] };
}

/** Adds an answer about a cell. */
export function learn(knowledge: Knowledge, symbol: string, day: Day, belief: Belief): void {
  const days = knowledge.cells.get(symbol) ?? new Map<Day, Belief>();
  knowledge.cells.set(symbol, days);
  days.set(day, belief);
}

/** The start of the day that is `days` after another, ms: D+n in the rules. */
export function startOf(day: Day, days = 0): number {
  return (day + days) * DAY_MS;
}

/** The part of a name that a ticker's settled contracts share with its live one. */
export function tickerOf(symbol: string): string {
  return symbol.replace(/(_?SETTLED)+$/, "");
}

/** The quote asset of a name; the model has only four-letter ones. */
export function quoteOf(symbol: string): string {
  return tickerOf(symbol).slice(-4);
}

/** Whether a name belongs to a settled contract. */
export function isSettled(symbol: string): boolean {
  return tickerOf(symbol) !== symbol;
}

/** Whether a name belongs to a contract with a delivery date. The model asks no questions about these. */
export function isDelivery(symbol: string): boolean {
  return /_\d{6}$/.test(symbol);
}

/** All known symbols: those in any listing and those with cells. Names are never forgotten. */
export function knownSymbols({ cells, listings }: Knowledge): string[] {
  const names = new Set([...cells.keys(), ...listings.flatMap((listing) => [...listing.names])]);
  return [...names].filter((name) => !isDelivery(name)).sort();
}

/**
 * Rule 12: a probe from later than now isn't believed, nor is a day after today.
 *
 * The rules leave open how a cell that isn't believed affects a condition. Taken here: as if it had never been probed,
 * since nothing else is known about it.
 */
export function rowOf({ cells }: Knowledge, symbol: string, day: Day, now: number): Belief | undefined {
  const belief = cells.get(symbol)?.get(day);
  return belief === undefined || belief.probedAt > now || day > dayAt(now) ? undefined : belief;
}

/**
 * Rule 7: a complete listing that lacks a symbol proves its cells missing up to that day. Returns the time of the
 * latest proof, or undefined.
 *
 * "up to that day" in rule 7 may or may not include the day of the listing, which isn't complete then. As a proof, it
 * is taken to exclude it; {@link isListedOnDay} covers that day.
 */
export function provedMissingAt({ listings }: Knowledge, symbol: string, day: Day, now: number): number | undefined {
  const proofs = listings.filter(({ at, names }) => at <= now && day < dayAt(at) && !names.has(symbol));
  return proofs.length === 0 ? undefined : Math.max(...proofs.map(({ at }) => at));
}

/** Whether a listing made on the day itself lacks the symbol. */
export function isListedOnDay({ listings }: Knowledge, symbol: string, day: Day, now: number): boolean {
  return listings.some(({ at, names }) => at <= now && dayAt(at) === day && !names.has(symbol));
}

/** Whether the last believed listing lacks a symbol. Without any listing, no symbol is gone. */
export function isGone({ listings }: Knowledge, symbol: string, now: number): boolean {
  const last = listings.findLast(({ at }) => at <= now);
  return last !== undefined && !last.names.has(symbol);
}
