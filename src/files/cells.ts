import { dayOfInput, type DayInput } from "../calendar/day-input.js";
import type { Day } from "../calendar/day.js";
import { UsageError } from "../errors.js";
import { isSymbol } from "../vision/symbol.js";

/** A (date, symbol) as callers give it; other properties are ignored. */
export interface CellInput {
  date: DayInput;
  symbol: string;
}

/** A list of cells: the symbols of each day, each with the reason why it is wanted, or null. */
export type CellList = ReadonlyMap<Day, ReadonlyMap<string, string | null>>;

/**
 * Parses a list of cells: CSV with a header, a JSON array, a JSON object with an array of rows, or one JSON object per
 * line. Rows have a `date` and a `symbol`, and may have other columns.
 *
 * @throws Error with a message for the user, without the file's name
 */
export async function readRowList(text: string): Promise<Readonly<Record<string, unknown>>[]> {
  const start = text.trimStart()[0];
  if (start !== "{" && start !== "[") {
    const { parse } = await import("csv-parse/sync");
    return parse(text, { bom: true, columns: withBoth, skip_empty_lines: true });
  }
  const value = jsonOf(text);
  const lists = Array.isArray(value) ? [value as unknown[]] : Object.values(value).filter(isRows);
  // An answer has other lists too, some of them empty.
  const rows = lists.find(({ length }) => length > 0) ?? lists[0];
  if (rows === undefined) throw new Error("it has no list of rows with date and symbol");
  return rows.map((row, at) => {
    if (isRecord(row)) return row;
    throw new Error(`row ${at + 1} is not an object`);
  });
}

/** Requires both column names in a CSV header. */
function withBoth(names: string[]): string[] {
  if (names.includes("date") && names.includes("symbol")) return names;
  throw new Error("its first line doesn't name the columns date and symbol");
}

/** JSON, or the objects of NDJSON as an array. */
function jsonOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    // A single object that is itself a row is an NDJSON file of one line.
    if (isRecord(value) && "date" in value && "symbol" in value) return [value];
    return value as object;
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    if (lines.length < 2 || !lines[0]?.trimEnd().endsWith("}")) throw error;
    return lines.map((line) => JSON.parse(line) as unknown);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An empty list counts too: a universe without members, or a folder without problems. */
function isRows(value: unknown): value is unknown[] {
  if (!Array.isArray(value)) return false;
  const [first] = value as unknown[];
  return first === undefined ? true : isRecord(first) && "date" in first && "symbol" in first;
}

/**
 * Cells by day, ascending.
 *
 * @param option the option that has this value, for messages
 * @param reasonOf why a row's cell is wanted: a string or null; undefined drops the row
 * @throws UsageError when a row has no valid date or no symbol
 */
export function cellList(
  option: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  reasonOf: (row: Readonly<Record<string, unknown>>) => string | null | undefined = () => null,
): CellList {
  const byDay = new Map<Day, Map<string, string | null>>();
  for (const [at, row] of rows.entries()) {
    const reason = reasonOf(row);
    if (reason === undefined) continue;
    const { date, symbol } = row;
    const day = dayOfInput(date);
    if (day === undefined) throw wrong(option, at, "date", date, "is not a date; write YYYY-MM-DD");
    if (typeof symbol !== "string" || !isSymbol(symbol)) throw wrong(option, at, "symbol", symbol, "is not a symbol");
    const ofDay = byDay.get(day) ?? new Map<string, string | null>();
    byDay.set(day, ofDay.set(symbol, reason));
  }
  return new Map([...byDay].sort(([a], [b]) => a - b));
}

/** The problems for which a file has to be fetched again. */
const FETCHED_AGAIN: readonly unknown[] = ["missing", "stale", "damaged", "incomplete"];

/**
 * The cells of `verify`'s answer to fetch again, each with its problem. A file that the index doesn't know can't be
 * fetched.
 *
 * @throws UsageError when the rows are not from such an answer
 */
export function cellsToFetch(option: string, rows: readonly Readonly<Record<string, unknown>>[]): CellList {
  return cellList(option, rows, ({ problem }) => {
    if (FETCHED_AGAIN.includes(problem)) return String(problem);
    if (problem === "unknown") return undefined;
    throw new UsageError("this is not the answer of a verification: a row has no known problem", { option });
  });
}

function wrong(option: string, at: number, column: string, value: unknown, problem: string): UsageError {
  if (value === undefined) return new UsageError(`row ${at + 1} has no ${column}`, { option });
  return new UsageError(`row ${at + 1}: ${column} ${JSON.stringify(value)} ${problem}`, { option });
}

/**
 * Extends a universe to the days between its dates: the members of each date apply until the day before the next one.
 *
 * @param until last day to which the members of the last date apply; doesn't shorten the others
 */
export function held(members: CellList, until: Day | undefined): CellList {
  const days = [...members.keys()];
  const cells = new Map<Day, ReadonlyMap<string, string | null>>();
  for (const [at, [from, ofDay]] of [...members].entries()) {
    const next = days[at + 1];
    const to = next === undefined ? Math.max(from, until ?? from) : next - 1;
    for (let day = from; day <= to; day++) cells.set(day, ofDay);
  }
  return cells;
}
