import { isUnpublished, type PublishedCells } from "./publication.js";

/**
 * How much is known about the cells of a day, from best to worst:
 *
 * - `final`: all of them are final, so none is due;
 * - `provisional`: all were probed, some are still due;
 * - `partial`: some were never probed;
 * - `unpublished`: Binance has not published the day yet, or only part of it;
 * - `unwritten`: nothing is known.
 *
 * The cells are those that a query covers, by its symbols, quote asset or class, not all cells of the day.
 */
export const CONDITIONS = ["final", "provisional", "partial", "unpublished", "unwritten"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Counts of the cells of a day that a query covers. */
export interface DayCells extends PublishedCells {
  /** Cells with a row. */
  probed: number;
  /** Cells with a row that have a file. */
  available: number;
  /** Cells with a row that must be probed again. */
  due: number;
  /**
   * Cells without a row for a known reason: a complete listing of the bucket lacked the symbol, or the symbol is
   * dormant and due for its weekly LIST later.
   */
  pending: number;
  /** Cells that were never probed. */
  unknown: number;
  /** Whether the bucket's symbols were listed late enough that no new one can be absent. */
  listed: boolean;
}

/** The condition of a day with these counts of cells. */
export function conditionOf(cells: DayCells): Condition {
  const { probed, due, pending, unknown, listed } = cells;
  if (probed === 0 && (unknown > 0 || pending === 0)) return "unwritten";
  const unsettled = due + pending + unknown > 0;
  if (isUnpublished(cells)) return "unpublished";
  if (unknown > 0) return "partial";
  return unsettled || !listed ? "provisional" : "final";
}

/** The worst of the conditions; `final` when there are none. */
export function worstCondition(conditions: Iterable<Condition>): Condition {
  let worst = 0;
  for (const condition of conditions) worst = Math.max(worst, CONDITIONS.indexOf(condition));
  return CONDITIONS[worst] ?? "final";
}

/** Whether a query may answer from a day in this condition, with or without a notice. */
export function isAnswerable(condition: Condition): boolean {
  return condition === "final" || condition === "provisional";
}
