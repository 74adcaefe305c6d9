import { UsageError } from "../../errors.js";
import type { MemberRow } from "./rows.js";

/** A universe with one row per rebalancing day and one column per symbol that was ever a member. */
export interface UniverseMatrix {
  /** `date`, then the symbols in order of name. */
  columns: readonly string[];
  /** For each symbol its rank, or 1 if there are no ranks; null on days when it was not a member. */
  rows: Record<string, string | number | null>[];
}

/**
 * The rows of a universe as a matrix. Rebalancing days without members have no row, as in the long form.
 *
 * @param rows the rows of `universeOver`
 * @throws UsageError when they are something else
 * @example
 * ```ts
 * const year = { from: "2024-01-01", to: "2024-12-31", rebalance: "monthly" } as const;
 * const { rows } = await db.universeOver({ ...year, top: 50, by: "quote_volume" });
 * const { columns, rows: days } = universeMatrix(rows);
 * ```
 */
export function universeMatrix(rows: readonly MemberRow[]): UniverseMatrix {
  if (!areMembers(rows)) throw new UsageError("expected a list of objects with date and symbol", { option: "rows" });
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

function areMembers(rows: unknown): boolean {
  const isMember = (row: unknown) => {
    if (typeof row !== "object" || row === null) return false;
    const { date, symbol } = row as Partial<MemberRow>;
    return typeof date === "string" && typeof symbol === "string";
  };
  return Array.isArray(rows) && rows.every(isMember);
}
