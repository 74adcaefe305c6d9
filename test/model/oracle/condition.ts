import { dayAt, type Day } from "../../../src/calendar/day.js";
import { livesOf, type Life } from "./lives.js";
import { stateOf, type CellState } from "./due.js";
import { knownSymbols, provedMissingAt, rowOf, startOf, type Knowledge } from "./knowledge.js";

/** How sure an answer about a day is. */
export type Condition = "final" | "provisional" | "partial" | "unpublished" | "unwritten";

/** Days after which the lack of files on a day is theirs, not the publisher's. */
const PUBLICATION_DAYS = 4;
const LACKING_SYMBOLS = 5;
const LACKING_SHARE = 0.05;
const EMPTY_DAY_DAYS = 90;

/** What a question can be asked of: one state of knowledge at one time. */
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
   * Rule 7: the conditions that an answer about the admitted symbols on a day may be given under. Nearly always one; more
   * where DESIGN's wording lets several be right.
   */
  of(symbols: readonly string[], day: Day): Set<Condition> {
    const admitted = symbols.filter((symbol) => this.known.includes(symbol));
    const states = admitted.map((symbol) => stateOf(this.knowledge, symbol, day, this.now, this.lives.get(symbol)));
    if (day >= dayAt(this.now)) return new Set(["unwritten"]);
    const base = new Set([baseOf(states, "dormant"), baseOf(states, "unknown")]);
    if (base.size === 1 && base.has("unwritten")) return base;
    // Cells that only wait for a weekly LIST are nothing known, though DESIGN calls a day of such cells provisional.
    const isKnown = states.some((state) => state === "believed" || state === "due");
    if (!isKnown && base.has("partial")) base.add("unwritten");
    const unpublished = this.isUnpublished(admitted, day);
    if (unpublished === "no") return base;
    // Both refuse. DESIGN leaves open which word a day gets of which some is unknown and nothing known is there.
    if (unpublished === "maybe" || base.has("partial")) return base.add("unpublished");
    return new Set(["unpublished"]);
  }

  /** The cells of a question that were never probed. */
  unknownSymbols(symbols: readonly string[], day: Day): string[] {
    return symbols.filter((symbol) => stateOf(this.knowledge, symbol, day, this.now) === "unknown");
  }

  private isUnpublished(admitted: readonly string[], day: Day): "yes" | "no" | "maybe" {
    const empty = this.isEmpty(admitted, day);
    return empty === "no" ? this.isHalfPublished(admitted, day) : empty;
  }

  /**
   * Rule 7, "nothing there at all", with rule 3: an empty day becomes final by a sweep after D+90 only.
   *
   * DESIGN leaves open whether "at all" is the file's or the question's. Taken here: the file's; delisted symbols alone
   * must not make a day look unpublished for ever. Where none of the other symbols was probed, either is right.
   */
  private isEmpty(admitted: readonly string[], day: Day): "yes" | "no" | "maybe" {
    if (this.known.some((symbol) => this.hasFile(symbol, day))) return "no";
    if (this.knowledge.sweeps.some((at) => at <= this.now && at >= startOf(day, EMPTY_DAY_DAYS))) return "no";
    // Days before the first file that is known belong to no life: nothing was expected on them.
    if (![...this.lives.values()].flat().some(({ first }) => first < day)) return "maybe";
    return this.known.every((symbol) => admitted.includes(symbol) || this.isProbed(symbol, day)) ? "yes" : "maybe";
  }

  /**
   * Rule 7: before D+4 at least 5 symbols and 5 % of those that had a file on the last published day lack one.
   *
   * DESIGN leaves open whether the time is that of the question or of the probes. Where they differ, either is right.
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

  /** The last day before another on which the question has files and which was published as far as is known. */
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

function baseOf(states: readonly CellState[], resting: "dormant" | "unknown"): Condition {
  const read = states.map((state) => (state === "resting" ? resting : state));
  if (read.every((state) => state === "unknown")) return "unwritten";
  if (read.includes("unknown")) return "partial";
  return read.every((state) => state === "believed") ? "final" : "provisional";
}
