import { dayAt, DAY_MS, type Day } from "../../../src/calendar/day.js";
import { fileDays, FIRST_DAY, isHole, livesOf, type Life } from "./lives.js";
import { isGone, isListedOnDay, knownSymbols, provedMissingAt, rowOf, startOf, type Knowledge } from "./knowledge.js";

/** Days from the start of a cell's day after which a probe is believed. */
const LOOK_BACK_DAYS = 20;
/** The same for a hole. */
const HOLE_DAYS = 90;
/** Days without a file that make a symbol dormant. */
export const DORMANT_DAYS = 60;
/** A dormant symbol is listed every week; half a day early or late is up to the run. */
const WEEK_MS = 7 * DAY_MS;
const SLACK_MS = DAY_MS / 2;

/**
 * What is known about one cell. `due` was probed and must be probed again; `unknown` was never probed. The rules allow
 * more than one reading of the others, see {@link READINGS}: `dormant` waits for the weekly LIST of its symbol, or for
 * an overdue one (`resting`); `proved` was only shown missing by a listing that lacks its symbol; `doubted` has a row
 * from a wrong clock, or a listing of its own day.
 */
export type CellState = "believed" | "due" | "unknown" | "dormant" | "resting" | "proved" | "doubted";

/** What a cell in each state may count as. */
export const READINGS: Readonly<Record<CellState, readonly ("believed" | "due" | "unknown")[]>> = {
  believed: ["believed"],
  due: ["due"],
  unknown: ["unknown"],
  dormant: ["due"],
  resting: ["due", "unknown"],
  proved: ["believed", "due"],
  doubted: ["due", "unknown"],
};

/** Rules 2 and 3: whether a cell that was probed at some time must be probed again. */
export function isDueAfter(day: Day, probedAt: number, missing: boolean, lives: readonly Life[]): boolean {
  const days = missing && isHole(lives, day) ? HOLE_DAYS : LOOK_BACK_DAYS;
  return probedAt < startOf(day, days);
}

/** The state of a cell. */
export function stateOf(
  knowledge: Knowledge,
  symbol: string,
  day: Day,
  now: number,
  lives: readonly Life[] = livesOf(knowledge, symbol, now),
): CellState {
  const row = rowOf(knowledge, symbol, day, now);
  if (row !== undefined) {
    return isDueAfter(day, row.probedAt, row.file === undefined, lives) ? "due" : "believed";
  }
  const proof = provedMissingAt(knowledge, symbol, day, now);
  if (proof !== undefined) {
    // A listing from before a symbol appeared doesn't prove its past, which is due immediately (rule 2).
    if (isGone(knowledge, symbol, now) && !isDueAfter(day, proof, true, lives)) return "proved";
    // A store keeps the time of the last listing that lacked a symbol, which is wrong if the clock was ahead.
    return knowledge.listings.some(({ at }) => at > now) ? "doubted" : "due";
  }
  // Rule 12 says both "not believed" and "due": the first means no answer at all, the second a provisional one.
  if (day <= dayAt(now) && knowledge.cells.get(symbol)?.has(day) === true) return "doubted";
  if (isListedOnDay(knowledge, symbol, day, now)) return "doubted";
  return stateOfUnprobed(knowledge, symbol, day, now);
}

/**
 * Rule 4: the newest cells of a dormant symbol have no rows until its weekly LIST, but are not unknown.
 *
 * The rules leave open how long. Taken here: for the week after the last row; after that either is right.
 */
function stateOfUnprobed(knowledge: Knowledge, symbol: string, day: Day, now: number): CellState {
  const last = lastRowDay(knowledge, symbol, now);
  if (last === undefined || day <= last || !mayRest(knowledge, symbol, now)) return "unknown";
  return isDormant(knowledge, symbol, now) && day <= last + 7 ? "dormant" : "resting";
}

function lastRowDay(knowledge: Knowledge, symbol: string, now: number): Day | undefined {
  let last: Day | undefined;
  for (const day of knowledge.cells.get(symbol)?.keys() ?? []) {
    if (day > (last ?? -Infinity) && rowOf(knowledge, symbol, day, now) !== undefined) last = day;
  }
  return last;
}

/** Rule 4: whether a symbol is known to have had no file on the last 60 days that were probed. */
export function isDormant(knowledge: Knowledge, symbol: string, now: number): boolean {
  const last = lastRowDay(knowledge, symbol, now);
  if (last === undefined) return false;
  for (let day = last - DORMANT_DAYS + 1; day <= last; day++) {
    const row = rowOf(knowledge, symbol, day, now);
    if (row === undefined || row.file !== undefined) return false;
  }
  return true;
}

/**
 * Whether a symbol can count as dormant in any reading of "without a file for 60 days": its last file is 60 days old,
 * and all days since then, except the last week, were probed.
 */
function mayRest(knowledge: Knowledge, symbol: string, now: number): boolean {
  const last = lastRowDay(knowledge, symbol, now);
  if (last === undefined) return false;
  const lastFile = fileDays(knowledge, symbol, now).at(-1) ?? FIRST_DAY - 1;
  return dayAt(now) - lastFile >= DORMANT_DAYS && last - lastFile >= DORMANT_DAYS - 8;
}

/** Rule 4: whether a plain update may omit a symbol, because it is dormant and was listed within a week. */
export function mayBeLeftOut(knowledge: Knowledge, symbol: string, now: number): boolean {
  const look = knowledge.looks.get(symbol) ?? -Infinity;
  return mayRest(knowledge, symbol, now) && look <= now && now - look < WEEK_MS + SLACK_MS;
}

/** Rule 4: whether a plain update must omit a symbol, because it may get only one LIST a week. */
export function mustBeLeftOut(knowledge: Knowledge, symbol: string, now: number): boolean {
  const look = knowledge.looks.get(symbol) ?? -Infinity;
  return isDormant(knowledge, symbol, now) && look <= now && now - look < WEEK_MS - SLACK_MS;
}

/**
 * Rules 2, 3, 4 and 12: the cells that a run must probe, among those it covers.
 *
 * The rules leave open whether a run must probe the unprobed cells of a symbol whose folder is gone. Taken here: no,
 * the listing has proved them missing.
 */
export function dueCells(
  knowledge: Knowledge,
  scope: { symbols: readonly string[]; from: Day; to: Day; plain: boolean },
  now: number,
): Map<string, Day[]> {
  const cells = new Map<string, Day[]>();
  const known = new Set(knownSymbols(knowledge));
  for (const symbol of scope.symbols) {
    if (!known.has(symbol) || (scope.plain && mayBeLeftOut(knowledge, symbol, now))) continue;
    const lives = livesOf(knowledge, symbol, now);
    const days: Day[] = [];
    for (let day = Math.max(scope.from, FIRST_DAY); day <= Math.min(scope.to, dayAt(now) - 1); day++) {
      const proved = isGone(knowledge, symbol, now) && rowOf(knowledge, symbol, day, now) === undefined;
      if (!proved && stateOf(knowledge, symbol, day, now, lives) !== "believed") days.push(day);
    }
    if (days.length > 0) cells.set(symbol, days);
  }
  return cells;
}
