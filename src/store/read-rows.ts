import type { DuckDBValue } from "@duckdb/node-api";
import type { Day } from "../calendar/day.js";
import type { Store } from "./open.js";
import { selectChunks, type Parameters } from "./prepared.js";

/** What a column of a SELECT gives; SQL makes it so by a cast. */
interface SqlValues {
  text: string;
  /** A day number, by `DAY` or `dayNumber`. */
  day: Day;
  flag: boolean;
  /** An INTEGER or DOUBLE. */
  number: number;
}

type SqlKind = keyof SqlValues;

/** Columns of a SELECT by name, in its order. A question mark admits null. */
export type SqlShape = Readonly<Record<string, SqlKind | `${SqlKind}?`>>;

/** A row of a SELECT. */
export type SqlRow<Shape extends SqlShape> = {
  -readonly [Name in keyof Shape]: Shape[Name] extends `${infer Kind extends SqlKind}?`
    ? SqlValues[Kind] | null
    : Shape[Name] extends SqlKind
      ? SqlValues[Shape[Name]]
      : never;
};

/** JavaScript's types of the values. */
const TYPES: Readonly<Record<SqlKind, "string" | "number" | "boolean">> = {
  text: "string",
  day: "number",
  flag: "boolean",
  number: "number",
};

/**
 * Runs a SELECT whose text is constant and reads its columns, the first by the first name of `shape` and so on.
 *
 * @throws StoreError when the file can't be read; TypeError when a value is not what the shape says, which is a defect
 * of the statement.
 * @example
 * ```ts
 * const shape = { symbol: "text", first: "day", last: "day?" } as const;
 * const rows = await readRows(store, `SELECT symbol, min(${DAY}), max(${DAY}) FROM ...`, shape);
 * ```
 */
export async function readRows<const Shape extends SqlShape>(
  store: Store,
  sql: string,
  shape: Shape,
  parameters: Parameters = {},
): Promise<SqlRow<Shape>[]> {
  const columns = Object.entries(shape).map(([name, kind]) => columnOf(name, kind));
  const rows: Record<string, DuckDBValue>[] = [];
  for (const chunk of await selectChunks(store, sql, parameters)) {
    const values = chunk.getColumns();
    if (values.length !== columns.length) throw new TypeError(`${values.length} columns are not those of: ${sql}`);
    for (let at = 0; at < chunk.rowCount; at++) {
      const row: Record<string, DuckDBValue> = {};
      for (let index = 0; index < columns.length; index++) {
        const column = columns[index];
        const value = values[index]?.[at] ?? null;
        if (column === undefined) continue;
        if (typeof value !== column.type && !(column.nullable && value === null)) {
          throw new TypeError(`${column.name} is ${String(value)}, not a ${column.type}: ${sql}`);
        }
        row[column.name] = value;
      }
      rows.push(row);
    }
  }
  // Each value was compared with the shape that its type comes from.
  return rows as SqlRow<Shape>[];
}

function columnOf(name: string, kind: SqlKind | `${SqlKind}?`) {
  const nullable = kind.endsWith("?");
  return { name, nullable, type: TYPES[(nullable ? kind.slice(0, -1) : kind) as SqlKind] };
}
