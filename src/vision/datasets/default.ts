import type { Dataset } from "../dataset.js";
import { UM_DAILY_KLINES_1M } from "./um-daily-klines-1m.js";

/** The dataset that is meant when none is named, and whose rows `daily_availability` shows. */
export const DEFAULT_DATASET: Dataset = UM_DAILY_KLINES_1M;
