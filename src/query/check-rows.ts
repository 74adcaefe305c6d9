import type { Column, Columns } from "../text/columns.js";

/**
 * Throws unless the rows match their columns.
 *
 * @throws TypeError naming query, column and value: a bug in the query.
 */
export function checkRows(query: string, columns: Columns, rows: readonly Readonly<Record<string, unknown>>[]): void {
  for (const [name, column] of Object.entries<Column>(columns)) {
    const matches = MATCHES[column.kind];
    for (const row of rows) {
      const value = row[name];
      if (value === null ? column.nullable : matches(value)) continue;
      throw new TypeError(`query ${query}: ${name} is ${String(value)}, not a ${column.kind}`);
    }
  }
}

const isText = (value: unknown): value is string => typeof value === "string";
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

/** Whether a value matches each kind of column. Cheap, because a timeline has thousands of values. */
const MATCHES: Readonly<Record<Column["kind"], (value: unknown) => boolean>> = {
  date: (value) => isText(value) && isDashed(value) && value.length === 10,
  time: (value) => isText(value) && isDashed(value) && value.endsWith("Z"),
  symbol: isText,
  text: isText,
  flag: (value) => typeof value === "boolean",
  bytes: (value) => isWhole(value) && value >= 0,
  count: (value) => isWhole(value) && value >= 0,
  integer: (value) => isWhole(value) || isText(value),
  number: (value) => typeof value === "number",
  ratio: (value) => typeof value === "number" && value >= 0 && value <= 1,
  value: (value) => value !== undefined,
};

const DASH = "-".charCodeAt(0);

/** Whether a text has its dashes where `YYYY-MM-` has them. */
function isDashed(text: string): boolean {
  return text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH;
}
