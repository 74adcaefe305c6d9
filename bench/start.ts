import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatDay } from "../src/calendar/day.js";
import { VERSION } from "../src/text/version.js";
import { writeBackfill } from "./backfilled.js";
import type { Bench, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { spreadOf } from "./frame/statistics.js";
import { measured } from "./output/format.js";
import { runTool } from "./peers/tool.js";
import { benchRows, withoutSettled } from "./rows.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const CLI = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const BARE_SNAPSHOT = fileURLToPath(new URL("child/snapshot.js", import.meta.url));

const METRICS: [Metric, ...Metric[]] = [{ id: "elapsed", label: "start to exit", unit: "ms", better: "lower" }];
/** Processes per run of a side: a single one is too short to be timed alone. */
const PROCESSES = 10;

const NODE = "node -e 0";
const BARE = "a bare Node script with the same SQL";
const SNAPSHOT = "bfa query snapshot";

/** Maximum start to exit of a snapshot, ms. */
const SNAPSHOT_MS = 300;

/** Maximum start to exit, as a multiple of that of the bare process. */
const MAX_RATIOS = { "bfa --version": 2, "bfa --help": 2.3, [SNAPSHOT]: 1.08 };

/** Commands from start to exit, compared with the least that such a process takes. */
export const startBench: Bench = async ({ quick, folder, compare }) => {
  const history = withoutSettled(benchRows(SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS));
  const db = join(folder, "a.duckdb");
  await writeBackfill(db, history);
  const day = formatDay(history.from + history.days - 1);
  const starting = await compare({
    title: "Commands that open no file",
    method: `From process start to exit, the median of ${PROCESSES} processes.`,
    metrics: METRICS,
    sides: [
      processSide(NODE, "bound", ["-e", "0"], () => undefined),
      processSide("bfa --version", "ours", [CLI, "--version"], printsOnce(VERSION)),
      processSide("bfa --help", "ours", [CLI, "--help"], printsOnce("Exit codes:")),
    ],
  });
  const asking = await compare({
    title: "A snapshot as a separate process",
    method: `The symbols of the last of ${history.days} days as JSON, from process start to exit, the median of ${PROCESSES} processes.`,
    metrics: METRICS,
    sides: [
      processSide(BARE, "bound", [BARE_SNAPSHOT, db, day], filesIn),
      processSide(SNAPSHOT, "ours", [CLI, "query", "snapshot", day, "--db", db, "--json"], filesIn),
    ],
  });
  return {
    comparisons: [starting, asking],
    targets: [...ratiosOf(starting), ...ratiosOf(asking), timeOf(asking)],
    notes: [],
  };
};

/**
 * A program of Node as a process.
 *
 * @param workOf the work behind what it printed, as text; undefined if it can't be compared
 */
function processSide(
  name: string,
  role: Side["role"],
  args: readonly string[],
  workOf: (printed: string) => string | undefined,
): Side {
  return {
    name,
    role,
    run: async () => {
      const times: number[] = [];
      let work: string | undefined;
      for (let run = 0; run < PROCESSES; run++) {
        const startedAt = performance.now();
        const printed = await runTool(process.execPath, args);
        times.push(performance.now() - startedAt);
        work = workOf(printed);
      }
      return { values: { elapsed: spreadOf(times).median }, work };
    },
  };
}

/** Checks that a text was printed once. */
function printsOnce(text: string): (printed: string) => undefined {
  return (printed) => {
    if (printed.split(text).length !== 2) throw new Error(`it printed: ${printed}`);
    return undefined;
  };
}

/** The files in a printed snapshot: symbol, size and upload time of each. */
function filesIn(printed: string): string {
  const { rows } = JSON.parse(printed) as {
    rows: { symbol: string; file_size_bytes: unknown; last_modified: string }[];
  };
  const files = rows.map(({ symbol, file_size_bytes: size, last_modified: at }) => {
    return `${symbol} ${String(size)} ${at.replace(" ", "T").replace(/Z?$/, "Z")}`;
  });
  return `${rows.length} files: ${createHash("sha256").update(files.join("\n")).digest("hex")}`;
}

function ratiosOf(comparison: Comparison): Target[] {
  const [bare] = comparison.sides;
  return Object.entries(MAX_RATIOS).flatMap(([name, wanted]) => {
    const took = medianOf(comparison, name);
    if (took === undefined || bare === undefined) return [];
    const ratio = took / (medianOf(comparison, bare.name) ?? NaN);
    return [
      {
        what: `${name}, relative to ${bare.name}`,
        wanted: `${wanted}×`,
        measured: `${measured(ratio)}×`,
        met: ratio <= wanted,
      },
    ];
  });
}

function timeOf(asking: Comparison): Target {
  const took = medianOf(asking, SNAPSHOT) ?? NaN;
  return {
    what: "a snapshot as a separate process",
    wanted: `${SNAPSHOT_MS} ms`,
    measured: `${measured(took)} ms`,
    met: took <= SNAPSHOT_MS,
  };
}
