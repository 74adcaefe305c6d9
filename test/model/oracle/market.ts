import { dayAt, type Day } from "../../../src/calendar/day.js";
import { stateOf } from "./due.js";
import { isSettled, knownSymbols, provedMissingAt, rowOf, tickerOf, type Knowledge } from "./knowledge.js";
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
 * day is a delisting once a later life of the name shows it, or the next day is believed to have no file.
 *
 * The rules leave open how a settled folder's files relate to a ticker. Taken here: they are a separate contract only
 * if they are apart from the lives of the name itself, and before one of them.
 */
export function marketEvents(knowledge: Knowledge, ticker: string, now: number): AllowedEvent[] {
  const names = knownSymbols(knowledge).filter((name) => tickerOf(name) === ticker);
  return contractsOf(knowledge, names, now).flatMap(({ symbol, first, last, exact, next }, index) => {
    const began: AllowedEvent[] = exact
      ? [{ symbol, day: first, event: index === 0 ? "listing" : "relisting", certain: true }]
      : [];
    const end =
      next === undefined ? endOf(knowledge, symbol, last, now) : endBefore(knowledge, symbol, last, next, now);
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

/** Whether the last known life of a name has ended; `maybe` if only a listing of the bucket shows it. */
function endOf(knowledge: Knowledge, symbol: string, last: Day, now: number): "yes" | "no" | "maybe" {
  const state = stateOf(knowledge, symbol, last + 1, now);
  return state === "believed" ? "yes" : state === "proved" ? "maybe" : "no";
}

/** Whether a life that is followed by another ended on a day; `maybe` if days between them are unknown. */
function endBefore(knowledge: Knowledge, symbol: string, last: Day, next: Day, now: number): "yes" | "maybe" {
  for (let day = last + 1; day < Math.min(next, dayAt(now)); day++) {
    if (rowOf(knowledge, symbol, day, now) !== undefined) continue;
    if (provedMissingAt(knowledge, symbol, day, now) === undefined) return "maybe";
  }
  return "yes";
}
