import type { Day } from "../calendar/day.js";
import type { Store } from "./open.js";
import { selectChunks, type Parameters } from "./prepared.js";
import { RawColumn, type Validity } from "./vectors.js";

/** JavaScript types of the columns of a SELECT, which must cast them accordingly. */
interface SqlValues {
  text: string;
  /** A DATE, or a day number from `DAY` or `dayNumber`. */
  day: Day;
  flag: boolean;
  /** An INTEGER, BIGINT or DOUBLE, or a TIMESTAMP_S or TIMESTAMP_MS as ms since the Unix epoch. */
  number: number;
}

type SqlKind = keyof SqlValues;

/** Columns of a SELECT by name, in the same order. A question mark allows null. */
export type SqlShape = Readonly<Record<string, SqlKind | `${SqlKind}?`>>;

/** A row of a SELECT. */
export type SqlRow<Shape extends SqlShape> = {
  -readonly [Name in keyof Shape]: Shape[Name] extends `${infer Kind extends SqlKind}?`
    ? SqlValues[Kind] | null
    : Shape[Name] extends SqlKind
      ? SqlValues[Shape[Name]]
      : never;
};

/**
 * Runs a SELECT with constant text and reads its columns; their order is that of `shape`.
 *
 * @throws StoreError when the file can't be read; TypeError when a value doesn't match the shape, which is a bug in the
 *   statement.
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
  const rows: Record<string, Value>[] = [];
  for (const { count, columns } of await readColumns(store, sql, shape, parameters)) {
    for (let at = 0; at < count; at++) {
      const row: Record<string, Value> = {};
      for (const name of names) row[name] = columns[name]?.[at] ?? null;
      rows.push(row);
    }
  }
  // Each value was checked against the shape that defines its type.
  return rows as SqlRow<Shape>[];
}

type Value = SqlValues[SqlKind] | null;

/** A chunk of a result: `count` rows, as columns by name. */
export interface SqlColumns<Shape extends SqlShape> {
  count: number;
  columns: { readonly [Name in keyof Shape]: ArrayLike<SqlRow<Shape>[Name]> };
}

/**
 * Like {@link readRows}, but returns columns, for results with so many rows that building an object for each of them
 * would take a large part of the time.
 */
export async function readColumns<const Shape extends SqlShape>(
  store: Store,
  sql: string,
  shape: Shape,
  parameters: Parameters = {},
): Promise<SqlColumns<Shape>[]> {
  const shapes = Object.entries(shape).map(([name, kind]) => columnOf(name, kind));
  const parts: SqlColumns<Shape>[] = [];
  for (const chunk of await selectChunks(store, sql, parameters)) {
    const { rowCount: count, columnCount } = chunk;
    if (columnCount !== shapes.length) throw new TypeError(`${columnCount} columns are not those of: ${sql}`);
    const columns: Record<string, ArrayLike<Value>> = {};
    for (const [index, { name, nullable, kind }] of shapes.entries()) {
      const column = new RawColumn(chunk.chunk, index, count);
      const isValid = column.validity();
      const values = valuesOf(column, kind, isValid);
      if (values === undefined) throw new TypeError(`${name} is ${column.type}, not a ${kind}: ${sql}`);
      const found = isValid === undefined ? values : withNulls(values, isValid);
      if (!nullable && Array.isArray(found) && found.includes(null)) {
        throw new TypeError(`${name} is null, not a ${kind}: ${sql}`);
      }
      columns[name] = found;
    }
    // Each column was read as the kind that defines its type.
    parts.push({ count, columns: columns as SqlColumns<Shape>["columns"] });
  }
  return parts;
}

/** DuckDB's types that can be read as each kind. */
const TYPES: Readonly<Record<SqlKind, readonly string[]>> = {
  text: ["VARCHAR"],
  day: ["INTEGER", "DATE"],
  flag: ["BOOLEAN"],
  number: ["INTEGER", "BIGINT", "DOUBLE", "TIMESTAMP_S", "TIMESTAMP_MS"],
};

/** The column's values; undefined if its type doesn't match the kind. */
function valuesOf(column: RawColumn, kind: SqlKind, isValid: Validity | undefined): ArrayLike<Value> | undefined {
  if (!TYPES[kind].includes(column.type)) return undefined;
  if (kind === "text") return column.texts(isValid);
  return kind === "flag" ? column.flags() : column.numbers(isValid);
}

/** The values, with null where they are not valid. */
function withNulls(values: ArrayLike<Value>, isValid: Validity): Value[] {
  const nullable: Value[] = [];
  for (let row = 0; row < values.length; row++) nullable.push(isValid(row) ? (values[row] ?? null) : null);
  return nullable;
}

function columnOf(name: string, kind: SqlKind | `${SqlKind}?`) {
  const nullable = kind.endsWith("?");
  // Without its question mark, the text is a kind.
  return { name, nullable, kind: (nullable ? kind.slice(0, -1) : kind) as SqlKind };
}
