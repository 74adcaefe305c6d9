import { dayOfInput, type DayInput } from "../calendar/day-input.js";
import type { Day } from "../calendar/day.js";
import { UsageError } from "../errors.js";
import { isSymbol } from "../vision/symbol.js";

/** A (date, symbol) as callers name it; what else it has is of no interest. */
export interface CellInput {
  date: DayInput;
  symbol: string;
}

/** A list of cells: of each day the symbols, each with the reason why it is wanted, if it has one. */
export type CellList = ReadonlyMap<Day, ReadonlyMap<string, string | null>>;

/**
 * Reads a list of cells: CSV with a header, a JSON array, a JSON object with an array of rows, or a JSON object a line.
 * Rows have a `date` and a `symbol`, whatever columns they have beside.
 *
 * @throws Error in words for the user, without the file's name
 */
export async function readRowList(text: string): Promise<Readonly<Record<string, unknown>>[]> {
  const start = text.trimStart()[0];
  if (start !== "{" && start !== "[") {
    const { parse } = await import("csv-parse/sync");
    return parse(text, { bom: true, columns: withBoth, skip_empty_lines: true });
  }
  const value = jsonOf(text);
  const lists = Array.isArray(value) ? [value as unknown[]] : Object.values(value).filter(isRows);
  // An answer has other lists too, which may be empty.
  const rows = lists.find(({ length }) => length > 0) ?? lists[0];
  if (rows === undefined) throw new Error("it has no list of rows with date and symbol");
  return rows.map((row, at) => {
    if (isRecord(row)) return row;
    throw new Error(`row ${at + 1} is not an object`);
  });
}

/** The names of a header. */
function withBoth(names: string[]): string[] {
  if (names.includes("date") && names.includes("symbol")) return names;
  throw new Error("its first line doesn't name the columns date and symbol");
}

/** JSON, or the objects of NDJSON as an array. */
function jsonOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    // An object without rows is the one line of an NDJSON file.
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

/** An empty list is one too: a universe without members, a folder in which nothing is wrong. */
function isRows(value: unknown): value is unknown[] {
  if (!Array.isArray(value)) return false;
  const [first] = value as unknown[];
  return first === undefined ? true : isRecord(first) && "date" in first && "symbol" in first;
}

/**
 * Cells by day, ascending.
 *
 * @param option whose value it is, for messages
 * @param reasonOf why a row's cell is wanted: a text or null; undefined leaves it out
 * @throws UsageError when a row has no date of the calendar or no symbol
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

/** What `verify` finds of files that are to be fetched again. */
const FETCHED_AGAIN: readonly unknown[] = ["missing", "stale", "damaged", "incomplete"];

/**
 * The cells that `verify` wants fetched, each with its problem. A file that the index doesn't know can't be fetched.
 *
 * @throws UsageError when the rows are not those of such an answer
 */
export function cellsToFetch(option: string, rows: readonly Readonly<Record<string, unknown>>[]): CellList {
  return cellList(option, rows, ({ problem }) => {
    if (FETCHED_AGAIN.includes(problem)) return String(problem);
    if (problem === "unknown") return undefined;
    throw new UsageError("it is not what `bfa verify` answers: a row has no problem that it knows", { option });
  });
}

function wrong(option: string, at: number, column: string, value: unknown, problem: string): UsageError {
  const shown = value === undefined ? "nothing" : JSON.stringify(value);
  return new UsageError(`row ${at + 1}: ${column} ${shown} ${problem}`, { option });
}

/**
 * The cells of a universe that is held: the members of each of its dates from there to the day before the next one.
 *
 * @param until last day for which the members of the last date are held; those of no other date are cut short by it
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
