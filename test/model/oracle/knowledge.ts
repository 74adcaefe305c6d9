import { DAY_MS, dayAt, type Day } from "../../../src/calendar/day.js";
import type { BucketFile } from "../history.js";

/** What the last answer that was taken up says of a cell. */
export interface Belief {
  /** Undefined: no file was there. */
  readonly file: BucketFile | undefined;
  /** Machine time of the answer, ms. */
  readonly probedAt: number;
}

/** A listing of all symbol folders that came to its end. */
export interface Listing {
  /** Machine time, ms. */
  readonly at: number;
  readonly names: ReadonlySet<string>;
}

/** Everything that the probes of all runs have said, as far as it was taken up. */
export interface Knowledge {
  readonly cells: Map<string, Map<Day, Belief>>;
  /** In the order in which they were made. */
  readonly listings: Listing[];
  /** Machine times of the last run that answered every due cell of a symbol, by symbol. */
  readonly looks: Map<string, number>;
  /** Machine times of the sweeps that failed nowhere. */
  readonly sweeps: number[];
}

/** Knowledge of a new file. */
export function nothingKnown(): Knowledge {
  return { cells: new Map(), listings: [], looks: new Map(), sweeps: [] };
}

/** Takes up an answer about a cell. */
export function learn(knowledge: Knowledge, symbol: string, day: Day, belief: Belief): void {
  const days = knowledge.cells.get(symbol) ?? new Map<Day, Belief>();
  knowledge.cells.set(symbol, days);
  days.set(day, belief);
}

/** The start of the day that lies `days` after another, ms: the instant that DESIGN writes as D+n. */
export function startOf(day: Day, days = 0): number {
  return (day + days) * DAY_MS;
}

/** The part of a name that the settled contracts of a ticker share with its live one. */
export function tickerOf(symbol: string): string {
  return symbol.replace(/(_?SETTLED)+$/, "");
}

/** The quote of a name; the model has those of four letters only. */
export function quoteOf(symbol: string): string {
  return tickerOf(symbol).slice(-4);
}

/** Whether a name is one of a contract that was settled. */
export function isSettled(symbol: string): boolean {
  return tickerOf(symbol) !== symbol;
}

/** Whether a name is one of a contract with a delivery date, which no question of the model is about. */
export function isDelivery(symbol: string): boolean {
  return /_\d{6}$/.test(symbol);
}

/** The symbols known at all: those a listing has shown at any time, and those with cells. Names are never forgotten. */
export function knownSymbols({ cells, listings }: Knowledge): string[] {
  const names = new Set([...cells.keys(), ...listings.flatMap((listing) => [...listing.names])]);
  return [...names].filter((name) => !isDelivery(name)).sort();
}

/**
 * Rule 12: a probe from later than now isn't believed, nor is a day after today.
 *
 * DESIGN leaves open what an unbelieved cell is to a condition. Taken here: as if it had never been probed, since nothing
 * else is known of it.
 */
export function rowOf({ cells }: Knowledge, symbol: string, day: Day, now: number): Belief | undefined {
  const belief = cells.get(symbol)?.get(day);
  return belief === undefined || belief.probedAt > now || day > dayAt(now) ? undefined : belief;
}

/**
 * Rule 7: a complete listing that lacks a symbol proves its cells missing up to that day. Gives the time of the latest
 * proof, or undefined.
 *
 * DESIGN's "up to that day" can be read with the listing's own day, which isn't over then, or without.
 * {@link isListedOnDay} tells of it; as a proof, it is taken without.
 */
export function provedMissingAt({ listings }: Knowledge, symbol: string, day: Day, now: number): number | undefined {
  const proofs = listings.filter(({ at, names }) => at <= now && day < dayAt(at) && !names.has(symbol));
  return proofs.length === 0 ? undefined : Math.max(...proofs.map(({ at }) => at));
}

/** Whether a listing that was made on a day itself lacks the symbol. */
export function isListedOnDay({ listings }: Knowledge, symbol: string, day: Day, now: number): boolean {
  return listings.some(({ at, names }) => at <= now && dayAt(at) === day && !names.has(symbol));
}

/** Whether the last believed listing lacks a symbol. Without any listing nothing is gone. */
export function isGone({ listings }: Knowledge, symbol: string, now: number): boolean {
  const last = listings.findLast(({ at }) => at <= now);
  return last !== undefined && !last.names.has(symbol);
}
