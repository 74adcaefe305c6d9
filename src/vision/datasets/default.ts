import type { Dataset } from "../dataset.js";
import { UM_DAILY_KLINES_1M } from "./um-daily-klines-1m.js";

/** The dataset used when none is named; `daily_availability` shows its rows. */
export const DEFAULT_DATASET: Dataset = UM_DAILY_KLINES_1M;
