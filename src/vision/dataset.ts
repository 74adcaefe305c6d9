import type { Day } from "../calendar/day.js";
import type { Cadence } from "../calendar/period.js";
import type { Finality } from "./finality.js";

/**
 * One kind of file in the bucket. It is plain data, so that a run can pass it to its threads; `object-key.ts` derives
 * object keys, prefixes and URLs from it.
 */
export interface Dataset {
  /** Its name: market, cadence, kind and interval, such as `um/daily/klines/1m`. */
  readonly id: string;
  /** USDⓈ-M futures, coin-margined futures, spot or options. */
  readonly market: "um" | "cm" | "spot" | "option";
  readonly cadence: Cadence;
  /** Folder of the kind: `klines`, `trades`, … */
  readonly kind: string;
  /** Interval of klines and similar kinds, whose files are in a folder of that name. */
  readonly interval?: string;
  /** First day that a query may name: when the market began to trade. */
  readonly marketStart: Day;
  /** First day of the first period that has a file. */
  readonly firstPeriod: Day;
  readonly finality: Finality;
}
