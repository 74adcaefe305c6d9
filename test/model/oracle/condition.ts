import { dayAt, type Day } from "../../../src/calendar/day.js";
import { fileDays, livesOf, type Life } from "./lives.js";
import { DORMANT_DAYS, READINGS, stateOf, type CellState } from "./due.js";
import { knownSymbols, provedMissingAt, rowOf, startOf, type Knowledge } from "./knowledge.js";

/** How sure an answer about a day is. */
export type Condition = "final" | "provisional" | "partial" | "unpublished" | "unwritten";

/** Days after which missing files no longer mean that the day is unpublished. */
const PUBLICATION_DAYS = 4;
const LACKING_SYMBOLS = 5;
const LACKING_SHARE = 0.05;
export const EMPTY_DAY_DAYS = 90;
/** Days after which a listing of the symbols contains all names of a day. */
const LISTED_DAYS = 20;

/** The conditions of days, from one state of knowledge at one time. */
export class Conditions {
  private readonly known: string[];
  private readonly lives = new Map<string, readonly Life[]>();
  private readonly halves = new Map<string, "yes" | "no" | "maybe">();

  constructor(
    private readonly knowledge: Knowledge,
    private readonly now: number,
  ) {
    this.known = knownSymbols(knowledge);
    for (const symbol of this.known) this.lives.set(symbol, livesOf(knowledge, symbol, now));
  }

  /**
   * Rule 7: the allowed conditions of an answer about the admitted symbols on a day. Nearly always one; more where its
   * wording allows several.
   */
  of(symbols: readonly string[], day: Day): Set<Condition> {
    const admitted = symbols.filter((symbol) => this.known.includes(symbol));
    const states = admitted.map((symbol) => stateOf(this.knowledge, symbol, day, this.now, this.lives.get(symbol)));
    if (day >= dayAt(this.now)) return new Set(["unwritten"]);
    const base = new Set(readingsOf(new Set(states)).map(baseOf));
    // What is known only from listings and dormancy may count as nothing known.
    if (base.has("partial") && !admitted.some((symbol) => this.hasRow(symbol, day))) base.add("unwritten");
    // A store that never listed the bucket late enough can't know that it has all names. It stores only the time of its
    // last listing, which is wrong if the clock was ahead.
    const { listings } = this.knowledge;
    const isListed = listings.some(({ at }) => at <= this.now && at >= startOf(day, LISTED_DAYS));
    const isSpoilt = (listings.at(-1)?.at ?? 0) > this.now;
    if (base.has("final") && (!isListed || isSpoilt)) base.add("provisional");
    if (base.size === 1 && base.has("unwritten")) return base;
    const unpublished = this.isUnpublished(admitted, day, base.size === 1 && base.has("final"));
    if (unpublished === "no") return base;
    // The rules leave open which condition a refused day has if several apply.
    const refusing = [...base].filter((word) => unpublished === "maybe" || word === "partial" || word === "unwritten");
    return new Set([...refusing, "unpublished"]);
  }

  /** The symbols of a question whose cells were never probed. */
  unknownSymbols(symbols: readonly string[], day: Day): string[] {
    return symbols.filter((symbol) => stateOf(this.knowledge, symbol, day, this.now) === "unknown");
  }

  private isUnpublished(admitted: readonly string[], day: Day, isSettled: boolean): "yes" | "no" | "maybe" {
    const empty = this.isEmpty(admitted, day, isSettled);
    if (empty === "yes") return empty;
    const half = this.isHalfPublished(admitted, day);
    return half === "no" ? empty : half;
  }

  /**
   * Rule 7, "nothing there at all", with rule 3: an empty day becomes final only by a sweep after D+90.
   *
   * The rules leave open whether "at all" means the whole file or the question. Taken here: the whole file, because
   * delisted symbols alone must not make a day look unpublished for ever. Either is right while some of the question's
   * cells are due, or if none of the other symbols was probed.
   */
  private isEmpty(admitted: readonly string[], day: Day, isSettled: boolean): "yes" | "no" | "maybe" {
    if (admitted.some((symbol) => this.hasFile(symbol, day))) return "no";
    if (this.known.some((symbol) => this.hasFile(symbol, day))) {
      return isSettled || admitted.every((symbol) => this.isLongGone(symbol, day)) ? "no" : "maybe";
    }
    if (this.knowledge.sweeps.some((at) => at <= this.now && at >= startOf(day, EMPTY_DAY_DAYS))) return "no";
    // Days before the first known file belong to no life, so no file was expected on them.
    if (![...this.lives.values()].flat().some(({ first }) => first < day)) return "maybe";
    return this.known.every((symbol) => admitted.includes(symbol) || this.isProbed(symbol, day)) ? "yes" : "maybe";
  }

  /**
   * Rule 7: before D+4 at least 5 symbols and 5 % of those that had a file on the last published day lack one.
   *
   * The rules leave open whether this is the time of the question or of the probes. If they differ, either is right.
   */
  private isHalfPublished(admitted: readonly string[], day: Day): "yes" | "no" | "maybe" {
    const key = `${day} ${admitted.join()}`;
    const half = this.halves.get(key) ?? this.judgeHalf(admitted, day);
    this.halves.set(key, half);
    return half;
  }

  private judgeHalf(admitted: readonly string[], day: Day): "yes" | "no" | "maybe" {
    const last = this.lastPublishedDay(admitted, day);
    if (last === undefined) return "no";
    const had = admitted.filter((symbol) => this.hasFile(symbol, last.day));
    const lacking = had.filter((symbol) => this.isProbed(symbol, day) && !this.hasFile(symbol, day));
    const isMany = (count: number) => count >= LACKING_SYMBOLS && count >= LACKING_SHARE * had.length;
    if (!isMany(lacking.length)) return "no";
    const early = lacking.filter((symbol) => this.probedAt(symbol, day) < startOf(day, PUBLICATION_DAYS));
    if (!isMany(early.length)) return "no";
    return this.now < startOf(day, PUBLICATION_DAYS) && last.certain ? "yes" : "maybe";
  }

  /** The last day before another on which the question has files and which was published as far as known. */
  private lastPublishedDay(admitted: readonly string[], before: Day): { day: Day; certain: boolean } | undefined {
    let certain = true;
    for (let day = before - 1; day >= before - EMPTY_DAY_DAYS; day--) {
      if (!admitted.some((symbol) => this.hasFile(symbol, day))) continue;
      const state = this.isHalfPublished(admitted, day);
      if (state === "yes") continue;
      certain &&= state === "no";
      return { day, certain };
    }
    return undefined;
  }

  /** Whether a symbol had no file for so long that nothing is expected of it (rule 4: its days are provisional). */
  private isLongGone(symbol: string, day: Day): boolean {
    return !fileDays(this.knowledge, symbol, this.now).some((file) => file < day && file >= day - DORMANT_DAYS);
  }

  private hasRow(symbol: string, day: Day): boolean {
    return rowOf(this.knowledge, symbol, day, this.now) !== undefined;
  }

  private hasFile(symbol: string, day: Day): boolean {
    return rowOf(this.knowledge, symbol, day, this.now)?.file !== undefined;
  }

  private isProbed(symbol: string, day: Day): boolean {
    return this.probedAt(symbol, day) > -Infinity;
  }

  private probedAt(symbol: string, day: Day): number {
    const row = rowOf(this.knowledge, symbol, day, this.now);
    return row?.probedAt ?? provedMissingAt(this.knowledge, symbol, day, this.now) ?? -Infinity;
  }
}

/** All possible readings of some states, each as the set of what the cells count as. */
function readingsOf(states: ReadonlySet<CellState>): ReadonlySet<string>[] {
  let readings: ReadonlySet<string>[] = [new Set()];
  for (const state of states) {
    readings = readings.flatMap((reading) => READINGS[state].map((as) => new Set([...reading, as])));
  }
  return readings;
}

function baseOf(reading: ReadonlySet<string>): Condition {
  if (!reading.has("believed") && !reading.has("due")) return "unwritten";
  if (reading.has("unknown")) return "partial";
  return reading.has("due") ? "provisional" : "final";
}
