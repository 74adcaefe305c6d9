import type { Counters } from "../rows/counters.js";
import type { CellFailure, Retry } from "../rows/failure.js";
import type { RowSink } from "../rows/sink.js";
import type { Dataset } from "../vision/dataset.js";
import type { Traffic } from "./traffic.js";

/** Shared state of the probers of one thread, except their connections. */
export interface ProberContext {
  dataset: Dataset;
  symbols: readonly string[];
  /** Maximum number of retries after a transient failure. */
  retries: number;
  sink: RowSink;
  /** Called with each failure when it happens. */
  onFailure: (failure: CellFailure) => void;
  /** Called with each request that is sent again. */
  onRetry: (retry: Retry) => void;
  counters: Counters;
  traffic: Traffic;
}
