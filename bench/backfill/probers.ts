import { COMMAND_DEFAULTS } from "../../src/run/defaults.js";
import type { Target } from "../frame/bench.js";
import { medianOf, type Comparison, type Side } from "../frame/comparison.js";
import { measured } from "../output/format.js";
import { DEFAULT_SETUP, runProbes } from "../probe/run-probes.js";
import type { ProbeWork } from "../probe/work.js";
import type { BenchServer } from "../servers/server.js";

const PROBERS_SIDE = "the probers alone";

/** The same HEADs from the same number of threads, without writing the rows. */
export function probersSide(server: BenchServer, work: ProbeWork): Side {
  return {
    name: PROBERS_SIDE,
    role: "bound",
    run: async () => {
      const setup = { ...DEFAULT_SETUP, threads: COMMAND_DEFAULTS.backfill.headThreads };
      const { values } = await runProbes(server, work, setup);
      return { values: { elapsed: (values["elapsed"] ?? NaN) / 1000, rate: values["rate"] ?? NaN }, work: undefined };
    },
  };
}

/** Share of the probers' rate that remains with a writer, including start and end of the process. */
export function probersTarget(comparison: Comparison): Target {
  const share = (medianOf(comparison, PROBERS_SIDE) ?? NaN) / (medianOf(comparison, comparison.baseline) ?? NaN);
  return {
    what: "HEADs end to end, relative to the probers alone",
    wanted: "80 %",
    measured: `${measured(share * 100)} %`,
    met: share >= 0.8,
  };
}
