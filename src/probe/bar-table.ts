import type { Day } from "../calendar/day.js";
import { appendRows, createBatch, gatherRows, type Batch } from "../rows/batch.js";
import { BAR_ROWS, type BarRows } from "../rows/columns.js";
import { BAR_VALUES, type Bar } from "../vision/kline-csv.js";

/** Rows to begin with: more than a year's. */
const FIRST_ROWS = 512;

/**
 * Bars of one symbol as they are read, in any order. They lie in columns: as objects, those of the symbols that are read
 * at once nearly fill the heap that a thread may have, and half of its time went into collecting garbage.
 */
export class BarTable {
  private rows = createBatch(BAR_ROWS, FIRST_ROWS);

  constructor(private readonly symbolIndex: number) {}

  /** Adds the bars of a file. */
  add(bars: readonly Bar[], isMonthly: boolean): void {
    for (const bar of bars) {
      const row = this.rows.count;
      if (row === this.rows.columns.day.length) this.grow();
      const { columns } = this.rows;
      columns.symbolIndex[row] = this.symbolIndex;
      columns.day[row] = bar.day;
      columns.status[row] = 200;
      columns.isMonthly[row] = Number(isMonthly);
      for (const name of BAR_VALUES) columns[name][row] = bar[name];
      this.rows.count = row + 1;
    }
  }

  /** The days that have a bar, ascending. */
  days(): Day[] {
    return [...this.rows.columns.day.subarray(0, this.rows.count)].sort((a, b) => a - b);
  }

  /** The bars by ascending day. */
  sorted(): Batch<BarRows> {
    const { count, columns } = this.rows;
    const order = Uint32Array.from({ length: count }, (_, row) => row);
    order.sort((a, b) => (columns.day[a] ?? 0) - (columns.day[b] ?? 0));
    return gatherRows(BAR_ROWS, this.rows, order);
  }

  private grow(): void {
    const larger = createBatch(BAR_ROWS, this.rows.count * 2);
    appendRows(larger, this.rows, 0, this.rows.count);
    this.rows = larger;
  }
}
