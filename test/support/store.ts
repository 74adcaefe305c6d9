import { openStore, type Store, type WritableStore } from "../../src/store/open.js";
import { beginRun } from "../../src/store/runs.js";
import { UnitWriter } from "../../src/store/write/commit.js";
import { createBatch, type ProbeBatch } from "../../src/rows/batch.js";
import { PROBE_ROWS } from "../../src/rows/columns.js";
import type { WholeUnit } from "../../src/rows/unit.js";
import { dayOf, DAY_MS, type Day } from "../../src/calendar/day.js";

/** One cell as tests specify it: `symbol` is an index, `size` 0 means that the file is missing. */
export interface Cell {
  symbol: number;
  day: Day;
  size: number;
  lastModified?: number;
  /** First 4 bytes of its md5. */
  etag?: number;
  probedAt?: number;
}

/** A time at which every day of these tests is final. */
export const LATE = dayOf("2026-01-01") * DAY_MS;

/** A first day for tests. */
export const D0 = dayOf("2024-03-01");

/** Rows of cells, in the same order. */
export function rowsOfCells(cells: readonly Cell[]): ProbeBatch {
  const rows = createBatch(PROBE_ROWS, cells.length);
  const { columns } = rows;
  for (const {
    symbol,
    day,
    size,
    lastModified = (day + 1) * DAY_MS + 36_000_000,
    etag = 0,
    probedAt = LATE,
  } of cells) {
    const row = rows.count++;
    columns.symbolIndex[row] = symbol;
    columns.day[row] = day;
    columns.status[row] = size > 0 ? 200 : 404;
    columns.size[row] = size;
    columns.lastModified[row] = size > 0 ? lastModified : 0;
    columns.etagHigh[row] = etag;
    columns.probedAt[row] = probedAt;
  }
  return rows;
}

/** A HEAD unit: the cells of one day. */
export function dayUnit(day: Day, cells: readonly Omit<Cell, "day">[]): WholeUnit {
  return { source: "head", by: "day", key: day, rows: rowsOfCells(cells.map((cell) => ({ ...cell, day }))) };
}

/** A LIST unit: the cells of one symbol. */
export function symbolUnit(symbol: number, cells: readonly Omit<Cell, "symbol">[]): WholeUnit {
  return { source: "list", by: "symbol", key: symbol, rows: rowsOfCells(cells.map((cell) => ({ ...cell, symbol }))) };
}

/** A store with a writer for a run of these symbols. */
export async function writerFor(
  file: string,
  symbols: readonly string[],
): Promise<{ store: WritableStore; writer: UnitWriter }> {
  const store = await openStore(file);
  const runId = await beginRun(store, {
    command: "test",
    from: D0,
    to: D0,
    symbolCount: symbols.length,
    startedAt: LATE,
  });
  return { store, writer: await UnitWriter.create(store, { runId, symbols }) };
}

/** Rows of a query on an open store. */
export async function ask(store: Store, sql: string): Promise<unknown[][]> {
  return (await store.connection.runAndReadAll(sql)).getRowsJson();
}
