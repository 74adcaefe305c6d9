import type { Counters } from "../rows/counters.js";
import type { CellFailure, Retry } from "../rows/failure.js";
import type { RowSink } from "../rows/sink.js";
import type { Dataset } from "../vision/dataset.js";
import type { Traffic } from "./traffic.js";

/** What the probers of one thread share beside their connections. */
export interface ProberContext {
  dataset: Dataset;
  symbols: readonly string[];
  /** Maximum further attempts after a failure that may pass. */
  retries: number;
  sink: RowSink;
  /** Told of each failure when it happens. */
  onFailure: (failure: CellFailure) => void;
  /** Told of each request that is sent again. */
  onRetry: (retry: Retry) => void;
  counters: Counters;
  traffic: Traffic;
}
