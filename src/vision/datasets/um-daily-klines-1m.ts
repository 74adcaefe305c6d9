import { dayOf } from "../../calendar/day.js";
import type { Dataset } from "../dataset.js";

/** Daily files of the 1-minute klines of USDⓈ-M futures. The first are those of BTCUSDT, ETHUSDT and BCHUSDT. */
export const UM_DAILY_KLINES_1M: Dataset = {
  id: "um/daily/klines/1m",
  market: "um",
  cadence: "daily",
  kind: "klines",
  interval: "1m",
  marketStart: dayOf("2019-09-25"),
  firstPeriod: dayOf("2019-12-31"),
  finality: {
    afterDays: 20,
    holeAfterDays: 90,
    lateAfterDays: 3,
    publishedAfterDays: 4,
    dormantAfterDays: 60,
    dormantEveryDays: 7,
  },
};
