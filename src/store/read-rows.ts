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
  const names = Object.keys(shape);
  const rows: Record<string, DuckDBValue>[] = [];
  for (const { count, columns } of await readColumns(store, sql, shape, parameters)) {
    for (let at = 0; at < count; at++) {
      const row: Record<string, DuckDBValue> = {};
      for (const name of names) row[name] = columns[name]?.[at] ?? null;
      rows.push(row);
    }
  }
  // Each value was compared with the shape that its type comes from.
  return rows as SqlRow<Shape>[];
}

/** A part of an answer: so many rows, each column by its name. */
export interface SqlColumns<Shape extends SqlShape> {
  count: number;
  columns: { readonly [Name in keyof Shape]: readonly SqlRow<Shape>[Name][] };
}

/**
 * As {@link readRows}, but by columns: for answers of so many rows that making an object of each in a general way takes a
 * good part of the time.
 */
export async function readColumns<const Shape extends SqlShape>(
  store: Store,
  sql: string,
  shape: Shape,
  parameters: Parameters = {},
): Promise<SqlColumns<Shape>[]> {
  const shapes = Object.entries(shape).map(([name, kind]) => columnOf(name, kind));
  return (await selectChunks(store, sql, parameters)).map((chunk) => {
    const values = chunk.getColumns();
    if (values.length !== shapes.length) throw new TypeError(`${values.length} columns are not those of: ${sql}`);
    const columns: Record<string, readonly DuckDBValue[]> = {};
    for (const [index, { name, nullable, type }] of shapes.entries()) {
      const column = values[index] ?? [];
      for (const value of column) {
        if (typeof value === type || (nullable && value === null)) continue;
        throw new TypeError(`${name} is ${String(value)}, not a ${type}: ${sql}`);
      }
      columns[name] = column;
    }
    // Each value was compared with the shape that its type comes from.
    return { count: chunk.rowCount, columns: columns as SqlColumns<Shape>["columns"] };
  });
}

function columnOf(name: string, kind: SqlKind | `${SqlKind}?`) {
  const nullable = kind.endsWith("?");
  return { name, nullable, type: TYPES[(nullable ? kind.slice(0, -1) : kind) as SqlKind] };
}
