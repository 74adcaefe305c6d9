import type { Dataset } from "../vision/dataset.js";
import type { Counters } from "../rows/counters.js";
import type { RowSink } from "../rows/shard.js";
import type { Traffic } from "./traffic.js";

/** What the probers of one thread share beside their connections. */
export interface ProberContext {
  dataset: Dataset;
  symbols: readonly string[];
  /** Further attempts after a failure that may pass. */
  retries: number;
  sink: RowSink;
  counters: Counters;
  traffic: Traffic;
}
