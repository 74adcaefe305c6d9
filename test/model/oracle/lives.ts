import type { Day } from "../../../src/calendar/day.js";
import { isSettled, knownSymbols, provedMissingAt, rowOf, tickerOf, type Knowledge } from "./knowledge.js";

/** The lifetime of one contract, from its first to its last file. */
export interface Life {
  readonly first: Day;
  readonly last: Day;
  /** Whether it is known to begin at `first`. Otherwise there may be earlier files, and an age is a lower bound. */
  readonly exact: boolean;
}

/** An age, either exact or a lower bound. */
export interface Age {
  readonly first: Day;
  readonly days: number;
  readonly exact: boolean;
}

/** Days without files after which the next file belongs to another contract (8a). */
const ABSENT_DAYS = 30;
/** The same for absent or flat days, if the ticker has a settled folder (8b). */
const ABSENT_OR_FLAT_DAYS = 28;
/** Files smaller than this are flat, bytes. */
const FLAT_BYTES = 10_000;
/** First day with any file in the bucket. */
export const FIRST_DAY: Day = 18_261; // 2019-12-31

type CellKind = "live" | "flat" | "missing" | "unknown";

function kindOf(knowledge: Knowledge, symbol: string, day: Day, now: number): CellKind {
  const row = rowOf(knowledge, symbol, day, now);
  if (row !== undefined) return row.file === undefined ? "missing" : row.file.size < FLAT_BYTES ? "flat" : "live";
  return provedMissingAt(knowledge, symbol, day, now) === undefined ? "unknown" : "missing";
}

/** Days on which a symbol has a file, ascending. */
export function fileDays(knowledge: Knowledge, symbol: string, now: number): Day[] {
  const days = [...(knowledge.cells.get(symbol)?.keys() ?? [])].sort((a, b) => a - b);
  return days.filter((day) => rowOf(knowledge, symbol, day, now)?.file !== undefined);
}

/** The days with a file in each settled folder of a symbol's ticker; empty for a settled name itself. */
function settledFolders(knowledge: Knowledge, symbol: string, now: number): Day[][] {
  const folders = knownSymbols(knowledge).filter(
    (name) => !isSettled(symbol) && isSettled(name) && tickerOf(name) === symbol,
  );
  return folders.map((name) => fileDays(knowledge, name, now));
}

/**
 * Rule 8: the lives of a name, in order. A file begins a new one (a) after 30 days without files; (b) when it is not
 * flat and comes after 28 days that are absent or flat, if the ticker has a settled folder; (c) after a shorter gap
 * that starts the day after a settled folder's last file.
 *
 * The rules leave open how an unknown day affects (a) to (c). Taken here: if any of the days required by the rule
 * between a life and the previous one is unknown, its first day is not exact. The first known file is exact if the 30
 * days before it are known to have none, or if the bucket had nothing before; a single missing day before it can be a
 * hole. A settled folder counts with the files that it has by the day in question, since nothing later may decide about
 * a file, and (b) needs a life with trades.
 */
export function livesOf(knowledge: Knowledge, symbol: string, now: number): Life[] {
  const settled = settledFolders(knowledge, symbol, now);
  const lives: { first: Day; last: Day; exact: boolean }[] = [];
  let previous: Day | undefined;
  for (const day of fileDays(knowledge, symbol, now)) {
    const life = lives.at(-1);
    const start =
      previous === undefined
        ? { isNew: true, exact: isKnownAbsentBefore(knowledge, symbol, day, now) }
        : startAfter(knowledge, symbol, { first: life?.first ?? day, previous, day }, settled, now);
    if (life === undefined || start.isNew) lives.push({ first: day, last: day, exact: start.exact });
    else life.last = day;
    previous = day;
  }
  return lives;
}

function isKnownAbsentBefore(knowledge: Knowledge, symbol: string, day: Day, now: number): boolean {
  for (let before = day - 1; before >= FIRST_DAY && before >= day - ABSENT_DAYS; before--) {
    if (kindOf(knowledge, symbol, before, now) !== "missing") return false;
  }
  return true;
}

function startAfter(
  knowledge: Knowledge,
  symbol: string,
  { first, previous, day }: { first: Day; previous: Day; day: Day },
  settled: readonly (readonly Day[])[],
  now: number,
): { isNew: boolean; exact: boolean } {
  const gap = Array.from({ length: day - previous - 1 }, (_, i) => previous + 1 + i);
  const exact = gap.slice(-ABSENT_DAYS).every((absent) => kindOf(knowledge, symbol, absent, now) === "missing");
  if (gap.length >= ABSENT_DAYS) return { isNew: true, exact };
  if (gap.length > 0 && settled.some((days) => days.findLast((one) => one <= day) === previous))
    return { isNew: true, exact };
  const hasSettled = settled.some((days) => days.some((one) => one < day));
  if (!hasSettled || kindOf(knowledge, symbol, day, now) !== "live") return { isNew: false, exact: true };
  let known = true;
  for (let before = day - 1; before >= first; before--) {
    const kind = kindOf(knowledge, symbol, before, now);
    if (kind === "live") {
      return day - before - 1 >= ABSENT_OR_FLAT_DAYS ? { isNew: true, exact: known } : { isNew: false, exact: true };
    }
    known &&= kind !== "unknown" || day - before > ABSENT_OR_FLAT_DAYS;
  }
  return { isNew: false, exact: true };
}

/** Rule 3: a hole is a missing day inside a life. */
export function isHole(lives: readonly Life[], day: Day): boolean {
  return lives.some(({ first, last }) => first < day && day < last);
}

/** Rule 8: ages count from the life that contains the day. Undefined if the symbol has no file on the day. */
export function ageOn(knowledge: Knowledge, symbol: string, day: Day, now: number): Age | undefined {
  if (rowOf(knowledge, symbol, day, now)?.file === undefined) return undefined;
  const life = livesOf(knowledge, symbol, now).find(({ first, last }) => first <= day && day <= last);
  return life === undefined ? undefined : { first: life.first, days: day - life.first, exact: life.exact };
}
