import type { History } from "../src/replica/history.js";
import { syntheticHistory } from "../src/replica/synthetic.js";
import { dayAt, type Day } from "../src/calendar/day.js";
import { classifySymbol } from "../src/vision/symbol.js";
import { DEFAULT_DATASET } from "../src/vision/datasets/default.js";

/** Number of symbols in the seed system, and so in most benches. */
export const SYMBOLS = 327;

/** Days of a whole history, which is six years, and of a first look. */
export const FULL_DAYS = 2_240;
export const QUICK_DAYS = 500;

/** The last day of the benches' histories. It is final, so that no run treats it specially. */
export function lastDay(): Day {
  return dayAt(Date.now()) - DEFAULT_DATASET.finality.afterDays;
}

/** The history that a replica with `--through <to> --days <days>` serves. */
export function historyOf(to: Day, days: number, symbols = SYMBOLS): History {
  return syntheticHistory({ through: to, from: to - days + 1, symbols });
}

/** Symbols that a run probes: all perpetual and settled contracts, including those that have ended by then. */
export function perpetuals(to: Day, symbols = SYMBOLS): string[] {
  const { folders } = syntheticHistory({ through: to, symbols });
  return folders.map(({ symbol }) => symbol).filter((symbol) => classifySymbol(symbol).class !== "delivery");
}
