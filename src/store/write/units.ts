import type { Span } from "../../calendar/span.js";
import type { RowKind } from "../../rows/columns.js";
import type { WholeUnit } from "../../rows/unit.js";

/**
 * Ensures that no (date, symbol) appears twice in a commit: all units are of one kind with unique keys, and inside a unit
 * the other coordinate is strictly ascending.
 *
 * @throws RangeError naming the unit
 */
export function checkUnits<Kind extends RowKind>(units: readonly WholeUnit<Kind>[], symbolCount: number): void {
  const by = units[0]?.by;
  const keys = new Set<number>();
  for (const unit of units) {
    const name = `${unit.by} ${unit.key}`;
    if (unit.by !== by) throw new RangeError(`${name} in one commit with units by ${by ?? "nothing"}`);
    if (keys.has(unit.key)) throw new RangeError(`${name} appears twice in one commit`);
    keys.add(unit.key);
    const { count, columns } = unit.rows;
    const { symbolIndex, day }: WholeUnit<RowKind>["rows"]["columns"] = columns;
    const [own, other] = by === "day" ? [day, symbolIndex] : [symbolIndex, day];
    if (count === 0) throw new RangeError(`${name} has no rows`);
    for (let row = 0; row < count; row++) {
      if (own[row] !== unit.key) throw new RangeError(`${name} has a row of ${unit.by} ${own[row] ?? "nothing"}`);
      if (row > 0 && (other[row] ?? 0) <= (other[row - 1] ?? 0)) throw new RangeError(`${name} has rows out of order`);
      if ((symbolIndex[row] ?? 0) >= symbolCount) throw new RangeError(`${name} has a row of an unknown symbol`);
    }
  }
}

/** Number of rows in the units. */
export function rowsOf(units: readonly Pick<WholeUnit<RowKind>, "rows">[]): number {
  return units.reduce((rows, unit) => rows + unit.rows.count, 0);
}

/** First and last day of units whose rows passed {@link checkUnits}. */
export function spanOf(units: readonly Pick<WholeUnit<RowKind>, "by" | "key" | "rows">[]): Span {
  const span = { from: Infinity, to: -Infinity };
  for (const { by, key, rows } of units) {
    const { day } = rows.columns;
    span.from = Math.min(span.from, by === "day" ? key : (day[0] ?? Infinity));
    span.to = Math.max(span.to, by === "day" ? key : (day[rows.count - 1] ?? -Infinity));
  }
  return span;
}
