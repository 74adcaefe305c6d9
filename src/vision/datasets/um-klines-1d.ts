import { dayOf } from "../../calendar/day.js";
import type { Dataset } from "../dataset.js";
import { UM_DAILY_KLINES_1M } from "./um-daily-klines-1m.js";

/**
 * Daily files of the 1-day klines of USDⓈ-M futures, with one bar each. Published like those of the 1-minute klines.
 */
export const UM_DAILY_KLINES_1D: Dataset = { ...UM_DAILY_KLINES_1M, id: "um/daily/klines/1d", interval: "1d" };

/** Monthly files of the same bars, one for each month that has ended. */
export const UM_MONTHLY_KLINES_1D: Dataset = {
  ...UM_DAILY_KLINES_1D,
  id: "um/monthly/klines/1d",
  cadence: "monthly",
  firstPeriod: dayOf("2019-12-01"),
};
