import { dayAt, DAY_MS, type Day } from "../../src/calendar/day.js";
import type { Condition } from "./oracle/condition.js";
import type { Age } from "./oracle/lives.js";
import type { MarketEvent } from "./oracle/market.js";
import type { Answers, Question } from "./product.js";
import { quoteOf, type Kept, type Row } from "./reference.js";
import { eventsOf } from "./reference-market.js";
import type { Rules } from "./reference-rules.js";

const FIRST: Day = 18_261;

/** The reference's answers from its rows at one time, and what is due. */
export class ReferenceAnswers implements Answers {
  private readonly today: Day;
  private readonly starts = new Map<string, { first: Day; last: Day; exact: boolean }[]>();

  constructor(
    private readonly kept: Kept,
    private readonly rules: Readonly<Rules>,
    private readonly now: number,
  ) {
    this.today = dayAt(now);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  conditions(question: Question, from: Day, to: Day): Promise<Map<Day, Condition>> {
    const conditions = new Map<Day, Condition>();
    for (let day = from; day <= to; day++) conditions.set(day, this.condition(question, day));
    return Promise.resolve(conditions);
  }

  ages(day: Day): Promise<Map<string, Age>> {
    const ages = new Map<string, Age>();
    for (const symbol of this.kept.rows.keys()) {
      if (this.row(symbol, day)?.file === undefined) continue;
      const life = this.lives(symbol).find(({ first, last }) => first <= day && day <= last);
      if (life === undefined) continue;
      ages.set(symbol, { first: life.first, days: day - life.first, exact: life.exact || !this.rules.bounds });
    }
    return Promise.resolve(ages);
  }

  events(): Promise<MarketEvent[]> {
    const lives = [...this.kept.rows.keys()].flatMap((symbol) => {
      const own = this.lives(symbol);
      return own.map((life, index) => {
        const ended = own[index + 1]?.first === life.last + 1 || this.hasEnded(symbol, life.last);
        return { ...life, symbol, exact: life.exact || !this.rules.bounds, ended };
      });
    });
    return Promise.resolve(eventsOf(lives));
  }

  /** The days of a symbol that must be probed. */
  dueDays(symbol: string, from: Day, to: Day): Day[] {
    const days: Day[] = [];
    const isGone = this.kept.listings.findLast(({ at }) => at <= this.now)?.names.has(symbol) === false;
    const rows = [...(this.kept.rows.get(symbol)?.keys() ?? [])];
    const horizon = !this.rules.newPast && rows.length === 0 ? this.today - 3 : FIRST;
    const newest = this.rules.cellByCell ? -Infinity : this.lastFinalDay();
    for (let day = Math.max(from, horizon); day <= to; day++) {
      if (day <= newest) continue;
      const row = this.row(symbol, day);
      if (row === undefined ? !isGone : this.isDue(symbol, day, row)) days.push(day);
    }
    return days;
  }

  /** Whether a dormant symbol was listed within the week. */
  isResting(symbol: string): boolean {
    const look = this.kept.lookedAt.get(symbol) ?? -Infinity;
    return this.isDormant(symbol) && look <= this.now && this.now - look < this.rules.restDays * DAY_MS;
  }

  /** The days that are final for a question about all symbols. */
  finalDays(): Set<Day> {
    const days = new Set<Day>();
    for (let day = FIRST; day < this.today; day++) if (this.condition({}, day) === "final") days.add(day);
    return days;
  }

  private condition(question: Question, day: Day): Condition {
    const all = [...this.kept.names].sort();
    const admitted = all.filter(
      (name) =>
        (question.quote === undefined || quoteOf(name) === question.quote) &&
        (question.symbols === undefined || question.symbols.includes(name)),
    );
    const names = this.rules.byQuestion ? admitted : all;
    const states = names.map((name) => this.state(name, day));
    if (states.every((state) => state === "unknown")) return "unwritten";
    if (states.includes("unknown") && this.rules.partial) return "partial";
    if (this.isEmpty(day) || this.isHalf(names, day)) return "unpublished";
    return states.includes("due") ? "provisional" : "final";
  }

  private state(symbol: string, day: Day): "known" | "due" | "unknown" {
    const row = this.row(symbol, day);
    if (row !== undefined) return this.isDue(symbol, day, row) ? "due" : "known";
    const proof = this.proof(symbol, day);
    if (proof !== undefined) {
      const isListed = this.kept.listings.findLast(({ at }) => at <= this.now)?.names.has(symbol) === true;
      return isListed || this.isDue(symbol, day, { file: undefined, probedAt: proof }) ? "due" : "known";
    }
    const last = this.lastRow(symbol);
    return last !== undefined && day > last && day <= last + 8 && this.isDormant(symbol) ? "due" : "unknown";
  }

  private isEmpty(day: Day): boolean {
    if ([...this.kept.rows.keys()].some((name) => this.row(name, day)?.file !== undefined)) return false;
    if (!this.rules.emptyDayWaits) return this.now < (day + this.rules.publicationDays) * DAY_MS;
    return !this.kept.sweeps.some((at) => at <= this.now && at >= (day + 90) * DAY_MS);
  }

  private isHalf(names: readonly string[], day: Day): boolean {
    if (this.now >= (day + this.rules.publicationDays) * DAY_MS) return false;
    for (let last = day - 1; last >= day - 90; last--) {
      const had = names.filter((name) => this.row(name, last)?.file !== undefined);
      if (had.length === 0 || this.isHalf(names, last)) continue;
      const lacking = had.filter(
        (name) => this.row(name, day)?.file === undefined && this.row(name, day) !== undefined,
      );
      return lacking.length >= this.rules.lackingSymbols && lacking.length >= 0.05 * had.length;
    }
    return false;
  }

  private isDue(symbol: string, day: Day, { file, probedAt }: Row): boolean {
    const isHole = file === undefined && this.lives(symbol).some(({ first, last }) => first < day && day < last);
    return probedAt < (day + (isHole ? this.rules.holeDays : this.rules.lookBackDays)) * DAY_MS;
  }

  private isDormant(symbol: string): boolean {
    const last = this.lastRow(symbol);
    if (last === undefined) return false;
    for (let day = last - this.rules.dormantDays + 1; day <= last; day++) {
      const row = this.row(symbol, day);
      if (row === undefined || row.file !== undefined) return false;
    }
    return true;
  }

  private lastRow(symbol: string): Day | undefined {
    for (let day = this.today; day >= FIRST; day--) if (this.row(symbol, day) !== undefined) return day;
    return undefined;
  }

  private lastFinalDay(): Day {
    for (let day = this.today; day >= FIRST; day--) {
      const rows = [...this.kept.rows.keys()].flatMap((name) => this.row(name, day) ?? []);
      if (rows.length > 0 && rows.every(({ probedAt }) => probedAt >= (day + this.rules.lookBackDays) * DAY_MS))
        return day;
    }
    return -Infinity;
  }

  private row(symbol: string, day: Day): Row | undefined {
    const row = this.kept.rows.get(symbol)?.get(day);
    if (row === undefined || day > this.today) return undefined;
    return row.probedAt > this.now && this.rules.clocksLie ? undefined : row;
  }

  private proof(symbol: string, day: Day): number | undefined {
    if (!this.rules.listingsProve) return undefined;
    return this.kept.listings.findLast(({ at, names }) => at <= this.now && dayAt(at) > day && !names.has(symbol))?.at;
  }

  /** Whether a day certainly has no file; undefined if that is unknown. */
  private isAbsent(symbol: string, day: Day): boolean | undefined {
    const row = this.row(symbol, day);
    if (row !== undefined) return row.file === undefined;
    return this.proof(symbol, day) === undefined ? undefined : true;
  }

  private lives(symbol: string): { first: Day; last: Day; exact: boolean }[] {
    const known = this.starts.get(symbol);
    if (known !== undefined) return known;
    const found: { first: Day; last: Day; exact: boolean }[] = [];
    this.starts.set(symbol, found);
    const ticker = symbol.replace(/(_?SETTLED)+$/, "");
    const settled = [...this.kept.names].filter(
      (name) => ticker === symbol && name !== symbol && name.replace(/(_?SETTLED)+$/, "") === symbol,
    );
    const ends = new Set(settled.map((name) => this.lastFile(name)));
    const settledFrom = Math.min(...settled.map((name) => this.firstFile(name) ?? Infinity));
    let absent = 0;
    let dull = 0;
    let sure = true;
    let hasTraded = false;
    for (let day = FIRST; day < this.today; day++) {
      const file = this.row(symbol, day)?.file;
      const isSure = this.isAbsent(symbol, day) !== undefined;
      if (file === undefined) {
        absent++;
        dull++;
        sure &&= isSure;
        continue;
      }
      const isFlat = file.size < this.rules.flatBytes;
      const life = found.at(-1);
      const isEnd = absent > 0 && ends.has(day - absent - 1) && this.rules.settledEndsLife;
      const isAwake = !isFlat && hasTraded && dull >= this.rules.dullDays && settledFrom < day;
      if (life === undefined) found.push({ first: day, last: day, exact: this.isKnownBefore(symbol, day) });
      else if (absent >= this.rules.absentDays || isEnd) found.push({ first: day, last: day, exact: sure });
      else if (isAwake) {
        found.push({ first: day, last: day, exact: this.isSureBetween(symbol, day - this.rules.dullDays, day - 1) });
      } else life.last = day;
      hasTraded = !isFlat || (hasTraded && found.at(-1) === life);
      absent = 0;
      sure = true;
      dull = isFlat ? dull + 1 : 0;
    }
    return found;
  }

  private isKnownBefore(symbol: string, day: Day): boolean {
    for (let before = Math.max(FIRST, day - this.rules.absentDays); before < day; before++) {
      if (this.isAbsent(symbol, before) !== true) return false;
    }
    return true;
  }

  private isSureBetween(symbol: string, from: Day, to: Day): boolean {
    for (let day = Math.max(FIRST, from); day <= to; day++) if (this.isAbsent(symbol, day) === undefined) return false;
    return true;
  }

  private hasEnded(symbol: string, last: Day): boolean {
    const row = this.row(symbol, last + 1);
    if (row === undefined) return false;
    return !this.rules.delistingsWait || (!this.isDue(symbol, last + 1, row) && !this.isEmpty(last + 1));
  }

  private firstFile(symbol: string): Day | undefined {
    for (let day = FIRST; day <= this.today; day++) if (this.row(symbol, day)?.file !== undefined) return day;
    return undefined;
  }

  private lastFile(symbol: string): Day | undefined {
    for (let day = this.today; day >= FIRST; day--) if (this.row(symbol, day)?.file !== undefined) return day;
    return undefined;
  }
}
