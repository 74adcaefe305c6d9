/**
 * What a column of an answer holds:
 *
 * | kind      | in JavaScript and JSON                                  |
 * | --------- | ------------------------------------------------------- |
 * | `date`    | `YYYY-MM-DD`, a UTC day                                 |
 * | `time`    | ISO 8601 in UTC, with ms only if they are not zero      |
 * | `symbol`  | a symbol as the bucket names it                         |
 * | `text`    | any other text                                          |
 * | `flag`    | a boolean                                               |
 * | `bytes`   | a whole number of bytes                                 |
 * | `count`   | a whole number of things                                |
 * | `integer` | any whole number; text beyond ±(2^53 - 1)               |
 * | `number`  | any other number                                        |
 * | `ratio`   | a number from 0 to 1                                    |
 * | `value`   | any JSON value, including lists and objects             |
 */
export type ColumnKind =
  "date" | "time" | "symbol" | "text" | "flag" | "bytes" | "count" | "integer" | "number" | "ratio" | "value";

/** One column of an answer. */
export interface Column<Kind extends ColumnKind = ColumnKind, Nullable extends boolean = boolean> {
  readonly kind: Kind;
  /** Whether the value may be null. */
  readonly nullable: Nullable;
  /** What it means, for the docs. */
  readonly about: string;
  /** Whether an `integer` is never negative and goes up to 2^64 - 1; it is then a UBIGINT in Parquet. */
  readonly isUnsigned?: boolean;
}

/** Columns by name, in display order. Names are snake_case. */
export type Columns = Readonly<Record<string, Column>>;

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

interface Values {
  date: string;
  time: string;
  symbol: string;
  text: string;
  flag: boolean;
  bytes: number;
  count: number;
  integer: number | string;
  number: number;
  ratio: number;
  value: JsonValue;
}

/** A row with these columns. */
export type RowOf<C extends Columns> = {
  -readonly [Name in keyof C]: Values[C[Name]["kind"]] | (C[Name]["nullable"] extends true ? null : never);
};

/** A column that every row has a value for. */
export function column<Kind extends ColumnKind>(kind: Kind, about: string): Column<Kind, false> {
  return { kind, nullable: false, about };
}

/** A column that may be null. */
export function optionalColumn<Kind extends ColumnKind>(kind: Kind, about: string): Column<Kind, true> {
  return { kind, nullable: true, about };
}

/**
 * The answer of a query, a check or a run: facts about the whole, and rows. As JSON it is one object, the facts with
 * the rows beside them; the other formats contain only the rows.
 */
export interface Answer<Facts extends object = object, C extends Columns = Columns> {
  /** Names are snake_case; a fact without a value is null. */
  facts: Facts;
  /** What the facts are, for the JSON Schema. */
  factColumns?: Columns;
  /** Key of the rows in JSON. */
  rowsName: string;
  /** What a table shows above its rows. */
  heading?: string | undefined;
  /** Whether a table shows only the heading, because the rows are many and seldom wanted. */
  headingOnly?: boolean | undefined;
  columns: C;
  /**
   * Column names in display order. Needed where some names are whole numbers: JavaScript moves those to the front of an
   * object.
   *
   * @default the keys of `columns`
   */
  columnOrder?: readonly string[];
  /** The rows in order, in chunks, so that a long answer is never in memory as a whole. */
  rows: Iterable<readonly RowOf<C>[]> | AsyncIterable<readonly RowOf<C>[]>;
  /**
   * Lets DuckDB write the rows to a new file, without reading them here.
   *
   * @param columns SQL: the columns of the file, made from those of the answer, which are c0, c1, …
   * @param options of COPY
   * @returns false if it can't; then the rows can still be read
   */
  copy?: ((columns: string, to: string, options: string) => Promise<boolean>) | undefined;
}

/** Names of an answer's columns in display order. */
export function columnNames({ columns, columnOrder }: Pick<Answer, "columns" | "columnOrder">): readonly string[] {
  return columnOrder ?? Object.keys(columns);
}

/** A value in a row, of any kind. */
export type CellValue = Values[ColumnKind] | null;
