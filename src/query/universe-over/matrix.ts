import type { MemberRow } from "./rows.js";

/** A universe with a row for each rebalancing day and a column for each symbol that it ever held. */
export interface UniverseMatrix {
  /** `date`, then the symbols in order of name. */
  columns: readonly string[];
  /** By symbol, the rank, or 1 where there are no ranks; null on a day on which the universe did not hold it. */
  rows: Record<string, string | number | null>[];
}

/**
 * The rows of a universe as a matrix. A rebalancing day on which it held nothing has no row in the long form, and none
 * here.
 *
 * @param rows as `universeOver` gives them
 * @example
 * ```ts
 * const { rows } = await db.universeOver({ from: "2024-01-01", to: "2024-12-31", rebalance: "monthly", top: 50, by: "quote_volume" });
 * const { columns, rows: days } = universeMatrix(rows);
 * ```
 */
export function universeMatrix(rows: readonly MemberRow[]): UniverseMatrix {
  const symbols = [...new Set(rows.map(({ symbol }) => symbol))].sort();
  const none = Object.fromEntries(symbols.map((symbol) => [symbol, null]));
  const days = new Map<string, Record<string, string | number | null>>();
  for (const { date, symbol, rank } of rows) {
    const ofDay = days.get(date) ?? { date, ...none };
    ofDay[symbol] = rank ?? 1;
    days.set(date, ofDay);
  }
  return { columns: ["date", ...symbols], rows: [...days.values()] };
}
