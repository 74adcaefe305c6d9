import { appendRows, createBatch, freeBatches, gatherRows, type Batch } from "../../rows/batch.js";
import { FAILED_STATUS, type RowKind } from "../../rows/columns.js";
import type { StepUnits, WholeUnit } from "../../rows/unit.js";

interface OpenUnit<Kind extends RowKind> {
  rows: Batch<Kind>;
  expected: number;
  failed: number;
}

/**
 * Collects the rows of mixed batches into units. A unit is complete, and returned once, when each of its expected cells
 * has arrived or failed; it contains the rows of those that arrived. A failed cell stays a gap.
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
   * Adds the rows of a batch, which is not kept. A row with FAILED_STATUS only marks its cell as done.
   *
   * @throws RangeError when a row's unit is not in the step or has more rows than expected: a bug in the caller.
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
      if (failed) unit.failed += end - start;
      else appendRows(unit.rows, batch, start, end);
      this.settle(key, unit);
      start = end;
    }
  }

  /** The units completed since the last call, with ordered rows: by symbol in a day, by day in a symbol. */
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

  private settle(key: number, unit: OpenUnit<Kind>): void {
    if (unit.rows.count + unit.failed < unit.expected) return;
    this.open.delete(key);
    this.done.add(key);
    if (unit.rows.count === 0) return;
    const { source, by } = this.step;
    this.whole.push({ source, by, key, rows: this.sort(unit.rows) });
  }

  private sort(rows: Batch<Kind>): Batch<Kind> {
    const { symbolIndex, day }: Batch<RowKind>["columns"] = rows.columns;
    const keys = this.step.by === "day" ? symbolIndex : day;
    if (isAscending(keys, rows.count)) return rows;
    const order = Uint32Array.from({ length: rows.count }, (_, row) => row);
    order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    const sorted = gatherRows(this.kind, rows, order);
    freeBatches([rows]);
    return sorted;
  }
}

function isAscending(keys: Uint32Array | Int32Array, count: number): boolean {
  for (let row = 1; row < count; row++) if ((keys[row] ?? 0) < (keys[row - 1] ?? 0)) return false;
  return true;
}
