import type { Day } from "../calendar/day.js";
import type { Cadence } from "../calendar/period.js";
import type { Finality } from "./finality.js";

/**
 * One kind of file of the bucket. Plain data, so that it can be handed from the settings of a run to its threads; object
 * keys, prefixes and URLs are derived from it in `object-key.ts`.
 */
export interface Dataset {
  /** Its name: market, cadence, kind and interval, such as `um/daily/klines/1m`. */
  readonly id: string;
  /** USDⓈ-M futures, coin-margined futures, spot or options. */
  readonly market: "um" | "cm" | "spot" | "option";
  readonly cadence: Cadence;
  /** Folder of the kind: `klines`, `trades`, … */
  readonly kind: string;
  /** Interval of klines and the like; their files lie in a folder of that name. */
  readonly interval?: string;
  /** First day that may be asked for: when the market began to trade. */
  readonly marketStart: Day;
  /** First day of the first period with any file. */
  readonly firstPeriod: Day;
  readonly finality: Finality;
}
