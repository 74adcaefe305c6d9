import type { DuckDBConnection, DuckDBDataChunk, DuckDBPreparedStatement, DuckDBValue } from "@duckdb/node-api";
import { dayNumber } from "../calendar/sql.js";
import { DuckDBDateValue } from "../store/duckdb.js";
import { toStoreError } from "../store/duckdb-error.js";
import type { Store } from "../store/open.js";
import { DAY_MS, formatDay, type Day } from "../calendar/day.js";
import { formatTime } from "../calendar/time.js";

/** Statements prepared on a connection that nobody is using now, by their SQL. */
const idle = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>();

/** Values of a statement's parameters, by name. */
export type Parameters = Readonly<Record<string, string | number | boolean | DuckDBDateValue>>;

/**
 * Runs a query whose text is constant, prepared the first time and then kept for as long as the connection lives:
 * planning takes longer than most of these queries. Gives the rows as arrays in the order of the columns.
 *
 * @throws StoreError when the file can't be read.
 */
export async function select(store: Store, sql: string, parameters: Parameters = {}): Promise<DuckDBValue[][]> {
  return rowsOf(await selectChunks(store, sql, parameters));
}

/**
 * As {@link select}, but gives the chunks as DuckDB has them.
 *
 * @throws StoreError when the file can't be read.
 */
export async function selectChunks(store: Store, sql: string, parameters: Parameters): Promise<DuckDBDataChunk[]> {
  const { connection } = store;
  const statements = idle.get(connection) ?? new Map<string, DuckDBPreparedStatement>();
  idle.set(connection, statements);
  const kept = statements.get(sql);
  // Taken out while it runs, so that a second call at the same time can't bind its own values into it.
  statements.delete(sql);
  try {
    const statement = kept ?? (await connection.prepare(sql));
    statement.bind({ ...parameters });
    const chunks = await (await statement.run()).fetchAllChunks();
    // A plan rests on what was in the table: one that was made while it was empty finds nothing later.
    if (store.access === "read") statements.set(sql, statement);
    return chunks;
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** The rows of chunks; by way of their columns this takes a fifth of the time of their own `getRows`. */
function rowsOf(chunks: readonly DuckDBDataChunk[]): DuckDBValue[][] {
  const rows: DuckDBValue[][] = [];
  for (const chunk of chunks) {
    const columns = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row++) {
      const values: DuckDBValue[] = [];
      for (const column of columns) values.push(column[row] ?? null);
      rows.push(values);
    }
  }
  return rows;
}

/** A day as a parameter. */
export function date(day: Day): DuckDBDateValue {
  return new DuckDBDateValue(day);
}

const dateTexts = new Map<Day, string>();

/** `YYYY-MM-DD` of a day, kept: a timeline writes thousands of dates, and each of them again the next time. */
export function dateText(day: Day): string {
  let text = dateTexts.get(day);
  if (text === undefined) {
    text = formatDay(day);
    dateTexts.set(day, text);
  }
  return text;
}

/** Two digits of a number below 100. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

/** A time as {@link formatTime} writes it, in a fifth of its time: a timeline writes thousands of them. */
export function timeText(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  const seconds = (ms - day * DAY_MS) / 1000;
  if (!Number.isInteger(seconds)) return formatTime(ms);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const time = `${TWO_DIGITS[hour] ?? ""}:${TWO_DIGITS[minute] ?? ""}:${TWO_DIGITS[seconds % 60] ?? ""}`;
  return `${dateText(day)}T${time}Z`;
}

/** SQL: a DATE as its day number. */
export const DAY = dayNumber("date");

/** SQL: a time column in ms, as a number that JavaScript has. */
export function ms(column: string): string {
  return `epoch_ms(${column})::DOUBLE`;
}
