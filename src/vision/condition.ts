import { isUnpublished } from "./publication.js";

/**
 * What can be said of the cells of a day, from the best to the worst:
 *
 * - `final`: all of them are believed, none is due;
 * - `provisional`: all were probed, some are still due;
 * - `partial`: some were never probed;
 * - `unpublished`: Binance has not published the day yet, or only a part of it;
 * - `unwritten`: nothing is known.
 *
 * The cells are those that a question admits, by its symbols, quote asset or class, not those of the day as such.
 */
export const CONDITIONS = ["final", "provisional", "partial", "unpublished", "unwritten"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** The cells of a day that a question admits, counted. */
export interface DayCells {
  /** Cells with a row, and those of them that have a file. */
  probed: number;
  available: number;
  /** Cells with a row that must be probed again. */
  due: number;
  /**
   * Cells without a row with a known reason: a complete listing of the bucket lacked the symbol, or it is dormant and
   * waits for its weekly look.
   */
  pending: number;
  /** Cells that were never probed. */
  unknown: number;
  /** Whether nothing at all is there on the day, of any symbol, and that is not taken for the truth yet. */
  empty: boolean;
  /** Symbols with a file on the last published day before. */
  expected: number;
  /** Those of them whose cell is missing by a probe from before a day counts as published. */
  lacking: number;
  /** Whether the bucket was listed for its symbols late enough that no new one can be lacking. */
  listed: boolean;
}

/** The condition of a day's cells. */
export function conditionOf(cells: DayCells): Condition {
  const { probed, due, pending, unknown, empty, expected, lacking, listed } = cells;
  if (probed === 0 && (unknown > 0 || pending === 0)) return "unwritten";
  const unsettled = due + pending + unknown > 0;
  if (isUnpublished({ empty, expected, lacking })) return "unpublished";
  if (unknown > 0) return "partial";
  return unsettled || !listed ? "provisional" : "final";
}

/** The worst of some conditions; `final` when there is none. */
export function worstCondition(conditions: Iterable<Condition>): Condition {
  let worst = 0;
  for (const condition of conditions) worst = Math.max(worst, CONDITIONS.indexOf(condition));
  return CONDITIONS[worst] ?? "final";
}

/** Whether an answer can rest on a day in this condition, without a word or with one. */
export function isAnswerable(condition: Condition): boolean {
  return condition === "final" || condition === "provisional";
}
