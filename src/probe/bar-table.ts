import type { Day } from "../calendar/day.js";
import { createBatch, type Batch } from "../rows/batch.js";
import { BAR_ROWS, type BarRows } from "../rows/columns.js";
import { BAR_NUMBERS, BAR_VALUES, type Bars } from "../vision/kline-csv.js";

/** Collects the bars of one symbol, file by file, in any order. */
export class BarTable {
  private readonly files: { bars: Bars; isMonthly: boolean }[] = [];

  constructor(private readonly symbolIndex: number) {}

  /** Adds the bars of a file. */
  add(bars: Bars, isMonthly: boolean): void {
    this.files.push({ bars, isMonthly });
  }

  /** The days with a bar, ascending. */
  days(): Day[] {
    const days: Day[] = [];
    for (const { bars } of this.files) {
      for (let row = 0; row < bars.count; row++) days.push(bars.numbers[row * BAR_NUMBERS] ?? NaN);
    }
    return days.sort((a, b) => a - b);
  }

  /** The bars by ascending day. */
  sorted(): Batch<BarRows> {
    const count = this.files.reduce((sum, { bars }) => sum + bars.count, 0);
    const numbers = new Float64Array(count * BAR_NUMBERS);
    const monthly = new Uint16Array(count);
    let end = 0;
    for (const { bars, isMonthly } of this.files) {
      numbers.set(bars.numbers.subarray(0, bars.count * BAR_NUMBERS), end * BAR_NUMBERS);
      monthly.fill(Number(isMonthly), end, (end += bars.count));
    }
    const dayOf = (row: number) => numbers[row * BAR_NUMBERS] ?? NaN;
    const order = Uint32Array.from(monthly.keys()).sort((a, b) => dayOf(a) - dayOf(b));

    const batch = createBatch(BAR_ROWS, count);
    batch.count = count;
    const { columns } = batch;
    columns.symbolIndex.fill(this.symbolIndex);
    columns.status.fill(200);
    columns.day.set(order.map(dayOf));
    columns.isMonthly.set(order.map((row) => monthly[row] ?? 0));
    for (const [place, name] of BAR_VALUES.entries()) {
      const column = columns[name];
      order.forEach((row, to) => (column[to] = numbers[row * BAR_NUMBERS + 1 + place] ?? NaN));
    }
    return batch;
  }
}
