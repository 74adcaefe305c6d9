import { FAILED_STATUS, type RowBatch } from "../../rows/batch.js";
import type { WholeUnit } from "./commit.js";

/** What a run expects: which units there are and how many cells each has. */
export interface UnitPlan {
  source: WholeUnit["source"];
  by: WholeUnit["by"];
  /** Unit key (a day or an index into the run's symbols) to its number of cells. */
  expected: ReadonlyMap<number, number>;
}

interface OpenUnit {
  rows: RowBatch;
  expected: number;
  failed: number;
}

/**
 * Gathers the rows of mixed batches into units. A unit is whole, and given out once, when each of its expected cells
 * arrived and none failed; a unit with a failure gives nothing and its rows are dropped.
 */
export class UnitAssembler {
  private readonly open = new Map<number, OpenUnit>();
  private readonly done = new Set<number>();
  private whole: WholeUnit[] = [];

  constructor(private readonly plan: UnitPlan) {}

  /**
   * Takes the rows of a batch, which is not kept. A row of FAILED_STATUS spoils its unit.
   *
   * @throws RangeError when a row's unit isn't of the plan or has more rows than expected: an error of the caller.
   */
  add(batch: RowBatch): void {
    const keys = this.plan.by === "day" ? batch.day : batch.symbol;
    const isFailed = (row: number) => batch.status[row] === FAILED_STATUS;
    for (let start = 0; start < batch.count;) {
      const key = keys[start] ?? 0;
      const failed = isFailed(start);
      let end = start + 1;
      while (end < batch.count && keys[end] === key && isFailed(end) === failed) end++;
      const unit = this.unit(key, end - start);
      if (failed) spoil(unit, end - start);
      else if (unit.failed === 0) appendRows(unit.rows, batch, start, end);
      else unit.rows.count += end - start;
      this.settle(key, unit);
      start = end;
    }
  }

  /** The units that became whole since the last call, rows in order: by symbol in a day, by day in a symbol. */
  takeWhole(): WholeUnit[] {
    const whole = this.whole;
    this.whole = [];
    return whole;
  }

  private unit(key: number, more: number): OpenUnit {
    let unit = this.open.get(key);
    if (unit === undefined) {
      const expected = this.plan.expected.get(key);
      if (expected === undefined) throw new RangeError(`${this.plan.by} ${key} is not a unit of the plan`);
      if (this.done.has(key)) throw new RangeError(`${this.plan.by} ${key} has all of its ${expected} cells already`);
      unit = { rows: emptyRows(expected), expected, failed: 0 };
      this.open.set(key, unit);
    }
    const cells = unit.rows.count + unit.failed + more;
    if (cells > unit.expected) {
      throw new RangeError(`${this.plan.by} ${key} has ${cells} cells where ${unit.expected} were expected`);
    }
    return unit;
  }

  private settle(key: number, unit: OpenUnit): void {
    if (unit.rows.count + unit.failed < unit.expected) return;
    this.open.delete(key);
    this.done.add(key);
    if (unit.failed > 0) return;
    const { source, by } = this.plan;
    this.whole.push({ source, by, key, rows: sortRows(unit.rows, by === "day" ? "symbol" : "day") });
  }
}

/** Counts cells of a unit that failed, and drops its rows. */
function spoil(unit: OpenUnit, cells: number): void {
  unit.failed += cells;
  unit.rows = { ...emptyRows(0), count: unit.rows.count };
}

/** A row batch with no rows and room for `capacity`. */
export function emptyRows(capacity: number): RowBatch {
  return {
    count: 0,
    symbol: new Uint32Array(capacity),
    day: new Int32Array(capacity),
    status: new Uint16Array(capacity),
    size: new Float64Array(capacity),
    lastModified: new Float64Array(capacity),
    probedAt: new Float64Array(capacity),
  };
}

function appendRows(to: RowBatch, from: RowBatch, start: number, end: number): void {
  to.symbol.set(from.symbol.subarray(start, end), to.count);
  to.day.set(from.day.subarray(start, end), to.count);
  to.status.set(from.status.subarray(start, end), to.count);
  to.size.set(from.size.subarray(start, end), to.count);
  to.lastModified.set(from.lastModified.subarray(start, end), to.count);
  to.probedAt.set(from.probedAt.subarray(start, end), to.count);
  to.count += end - start;
}

function sortRows(rows: RowBatch, column: "symbol" | "day"): RowBatch {
  const keys = rows[column];
  if (isAscending(keys, rows.count)) return rows;
  const order = Uint32Array.from({ length: rows.count }, (_, row) => row);
  order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  return {
    count: rows.count,
    symbol: gather(rows.symbol, order, new Uint32Array(rows.count)),
    day: gather(rows.day, order, new Int32Array(rows.count)),
    status: gather(rows.status, order, new Uint16Array(rows.count)),
    size: gather(rows.size, order, new Float64Array(rows.count)),
    lastModified: gather(rows.lastModified, order, new Float64Array(rows.count)),
    probedAt: gather(rows.probedAt, order, new Float64Array(rows.count)),
  };
}

function gather<Column extends RowBatch[keyof Omit<RowBatch, "count">]>(
  from: Column,
  order: Uint32Array,
  to: Column,
): Column {
  for (let row = 0; row < order.length; row++) to[row] = from[order[row] ?? 0] ?? 0;
  return to;
}

function isAscending(keys: Uint32Array | Int32Array, count: number): boolean {
  for (let row = 1; row < count; row++) if ((keys[row] ?? 0) < (keys[row - 1] ?? 0)) return false;
  return true;
}
