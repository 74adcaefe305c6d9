import type { Day } from "../../src/calendar/day.js";
import { BAR_NUMBERS, BAR_VALUES, type Bars, type BarValue } from "../../src/vision/kline-csv.js";

/** One day of 1d klines, with its values by name. */
export type Bar = { readonly day: Day } & Readonly<Record<BarValue, number>>;

/** Bars of a file, with their values by name. */
export function barsOf({ count, numbers }: Bars): Bar[] {
  return Array.from({ length: count }, (_, row) => {
    const [day = NaN, ...values] = numbers.subarray(row * BAR_NUMBERS, (row + 1) * BAR_NUMBERS);
    const named = BAR_VALUES.map((name, place) => [name, values[place]]);
    return { day, ...(Object.fromEntries(named) as Record<BarValue, number>) };
  });
}
