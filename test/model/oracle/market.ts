import type { Day } from "../../../src/calendar/day.js";
import { EMPTY_DAY_DAYS } from "./condition.js";
import { stateOf } from "./due.js";
import { isSettled, knownSymbols, rowOf, startOf, tickerOf, type Knowledge } from "./knowledge.js";
import { livesOf, type Life } from "./lives.js";

/** A listing or delisting of a contract. */
export interface MarketEvent {
  readonly symbol: string;
  readonly day: Day;
  readonly event: "listing" | "relisting" | "delisting";
}

/** An event that may be reported. A certain one must be. */
export interface AllowedEvent extends MarketEvent {
  readonly certain: boolean;
}

interface Contract extends Life {
  readonly symbol: string;
  /** First day of the next life of the same name. */
  readonly next: Day | undefined;
}

/**
 * Rule 8: listings and delistings are the ends of a ticker's lives. A first day that isn't exact is no listing. A last
 * day is a delisting once the next day is believed to have no file, or begins another life.
 *
 * The rules leave open how a settled folder's files relate to a ticker. Taken here: they are a separate contract only
 * if they are apart from the lives of the name itself, and before one of them.
 */
export function marketEvents(knowledge: Knowledge, ticker: string, now: number): AllowedEvent[] {
  const names = knownSymbols(knowledge).filter((name) => tickerOf(name) === ticker);
  return contractsOf(knowledge, names, now).flatMap((contract, index) => {
    const { symbol, first, last, exact } = contract;
    const began: AllowedEvent[] = exact
      ? [{ symbol, day: first, event: index === 0 ? "listing" : "relisting", certain: true }]
      : [];
    const end = endOf(knowledge, contract, now);
    return end === "no" ? began : [...began, { symbol, day: last, event: "delisting", certain: end === "yes" }];
  });
}

function contractsOf(knowledge: Knowledge, names: readonly string[], now: number): Contract[] {
  const lives = names.flatMap((symbol): Contract[] => {
    const own = livesOf(knowledge, symbol, now);
    return own.map((life, index) => ({ ...life, symbol, next: own[index + 1]?.first }));
  });
  const own = lives.filter(({ symbol }) => !isSettled(symbol));
  const isApart = ({ first, last }: Life) =>
    own.every((life) => life.last < first || last < life.first) && own.some((life) => last < life.first);
  const settled = lives.filter((life) => isSettled(life.symbol) && (own.length === 0 || isApart(life)));
  return [...own, ...settled].sort((a, b) => a.first - b.first);
}

/**
 * Whether a life ended on its last known day: the next life follows directly, or the day after it is believed to have no
 * file. `maybe` if only a listing of the bucket shows that.
 */
function endOf(knowledge: Knowledge, { symbol, last, next }: Contract, now: number): "yes" | "no" | "maybe" {
  if (next === last + 1) return "yes";
  const state = stateOf(knowledge, symbol, last + 1, now);
  const isAbsent = state === "believed" ? "yes" : state === "proved" ? "maybe" : "no";
  const empty = isEmpty(knowledge, last + 1, now);
  return isAbsent === "no" || empty === "yes" ? "no" : empty === "maybe" ? "maybe" : isAbsent;
}

/**
 * Rule 3: an empty day after one with files is believed only after a sweep from D+90 on. `maybe` if a file on it was
 * found with the clock ahead.
 */
function isEmpty(knowledge: Knowledge, day: Day, now: number): "yes" | "no" | "maybe" {
  const hasFile = (at: number) =>
    knownSymbols(knowledge).some((symbol) => rowOf(knowledge, symbol, day, at)?.file !== undefined);
  if (hasFile(now)) return "no";
  if (knowledge.sweeps.some((at) => at <= now && at >= startOf(day, EMPTY_DAY_DAYS))) return "no";
  return hasFile(Infinity) ? "maybe" : "yes";
}
