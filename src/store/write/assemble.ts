import { appendRows, createBatch, gatherRows, type Batch } from "../../rows/batch.js";
import { FAILED_STATUS, type RowKind } from "../../rows/columns.js";
import type { StepUnits, WholeUnit } from "../../rows/unit.js";

interface OpenUnit<Kind extends RowKind> {
  rows: Batch<Kind>;
  expected: number;
  failed: number;
}

/**
 * Gathers the rows of mixed batches into units. A unit is whole, and given out once, when each of its expected cells
 * arrived and none failed; a unit with a failure gives nothing and its rows are dropped.
 */
export class UnitAssembler<Kind extends RowKind> {
  private readonly open = new Map<number, OpenUnit<Kind>>();
  private readonly done = new Set<number>();
  private whole: WholeUnit<Kind>[] = [];

  constructor(
    private readonly kind: Kind,
    private readonly step: StepUnits,
  ) {}

  /**
   * Takes the rows of a batch, which is not kept. A row of FAILED_STATUS spoils its unit.
   *
   * @throws RangeError when a row's unit is not of the step or has more rows than expected: an error of the caller.
   */
  add(batch: Batch<Kind>): void {
    const { count } = batch;
    const { symbolIndex, day, status }: Batch<RowKind>["columns"] = batch.columns;
    const keys = this.step.by === "day" ? day : symbolIndex;
    const isFailed = (row: number) => status[row] === FAILED_STATUS;
    for (let start = 0; start < count;) {
      const key = keys[start] ?? 0;
      const failed = isFailed(start);
      let end = start + 1;
      while (end < count && keys[end] === key && isFailed(end) === failed) end++;
      const unit = this.unit(key, end - start);
      if (failed) this.spoil(unit, end - start);
      else if (unit.failed === 0) appendRows(unit.rows, batch, start, end);
      else unit.rows.count += end - start;
      this.settle(key, unit);
      start = end;
    }
  }

  /** The units that became whole since the last call, rows in order: by symbol in a day, by day in a symbol. */
  takeWhole(): WholeUnit<Kind>[] {
    const whole = this.whole;
    this.whole = [];
    return whole;
  }

  private unit(key: number, more: number): OpenUnit<Kind> {
    const { by } = this.step;
    let unit = this.open.get(key);
    if (unit === undefined) {
      const expected = this.step.expected.get(key);
      if (expected === undefined) throw new RangeError(`${by} ${key} is not a unit of the step`);
      if (this.done.has(key)) throw new RangeError(`${by} ${key} has all of its ${expected} cells already`);
      unit = { rows: createBatch(this.kind, expected), expected, failed: 0 };
      this.open.set(key, unit);
    }
    const cellCount = unit.rows.count + unit.failed + more;
    if (cellCount > unit.expected) {
      throw new RangeError(`${by} ${key} has ${cellCount} cells where ${unit.expected} were expected`);
    }
    return unit;
  }

  /** Counts cells of a unit that failed, and drops its rows. */
  private spoil(unit: OpenUnit<Kind>, cellCount: number): void {
    unit.failed += cellCount;
    unit.rows = { ...createBatch(this.kind, 0), count: unit.rows.count };
  }

  private settle(key: number, unit: OpenUnit<Kind>): void {
    if (unit.rows.count + unit.failed < unit.expected) return;
    this.open.delete(key);
    this.done.add(key);
    if (unit.failed > 0) return;
    const { source, by } = this.step;
    this.whole.push({ source, by, key, rows: this.sort(unit.rows) });
  }

  private sort(rows: Batch<Kind>): Batch<Kind> {
    const { symbolIndex, day }: Batch<RowKind>["columns"] = rows.columns;
    const keys = this.step.by === "day" ? symbolIndex : day;
    if (isAscending(keys, rows.count)) return rows;
    const order = Uint32Array.from({ length: rows.count }, (_, row) => row);
    order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    return gatherRows(this.kind, rows, order);
  }
}

function isAscending(keys: Uint32Array | Int32Array, count: number): boolean {
  for (let row = 1; row < count; row++) if ((keys[row] ?? 0) < (keys[row - 1] ?? 0)) return false;
  return true;
}
