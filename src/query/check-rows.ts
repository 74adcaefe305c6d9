import type { Column, Columns } from "../text/columns.js";

/**
 * Fails unless rows have what their columns promise.
 *
 * @throws TypeError naming query, column and value: a defect of the query.
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

/** Which values each kind of column takes. Cheap, because a timeline has thousands. */
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

/** Whether a text begins as `YYYY-MM-` does. */
function isDashed(text: string): boolean {
  return text[4] === "-" && text[7] === "-";
}
