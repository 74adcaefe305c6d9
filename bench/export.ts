import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeBackfill } from "./backfilled.js";
import { runMeasured } from "./child/run-measured.js";
import type { Bench, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { benchRows } from "./rows.js";
import { cellsDigest } from "./storage/cells.js";
import { FULL_DAYS, QUICK_DAYS, SYMBOLS } from "./universe.js";

const CLI = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const COPY = fileURLToPath(new URL("child/copy.js", import.meta.url));

const METRICS: [Metric, ...Metric[]] = [
  { id: "elapsed", label: "start to exit", unit: "s", better: "lower" },
  { id: "cpu", label: "CPU", unit: "s", better: "lower" },
  { id: "peak", label: "peak memory", unit: "MiB", better: "lower" },
];
const PEER = "DuckDB's COPY";
const QUERY = "bfa query sql";
const EXPORT = "bfa export";

/** Maximum time, as a multiple of that of DuckDB's COPY, and maximum memory. */
const [MAX_RATIO, MAX_MIB] = [3, 250];

const FORMATS = [
  { format: "csv", name: "CSV", options: "FORMAT csv, HEADER", reader: "read_csv" },
  { format: "parquet", name: "Parquet", options: "FORMAT parquet, COMPRESSION zstd", reader: "read_parquet" },
] as const;

type Format = (typeof FORMATS)[number];

/** The whole history written to a file, compared with DuckDB's own COPY. */
export const exportBench: Bench = async ({ quick, folder, compare }) => {
  const history = benchRows(SYMBOLS, quick ? QUICK_DAYS : FULL_DAYS);
  const db = join(folder, "a.duckdb");
  await writeBackfill(db, history);
  const comparisons: Comparison[] = [];
  for (const format of FORMATS) {
    comparisons.push(
      await compare({
        title: `The whole history as ${format.name}`,
        method: `${history.rows} rows with all eight columns, from process start to exit. The files' values are compared.`,
        metrics: METRICS,
        sides: sidesOf(db, format, join(folder, `rows.${format.format}`)),
      }),
    );
  }
  return { comparisons, targets: comparisons.flatMap(targetsOf), notes: [] };
};

function sidesOf(db: string, { format, options, reader }: Format, out: string): Side[] {
  const side = (name: string, role: Side["role"], args: readonly string[]): Side => ({
    name,
    role,
    run: async () => {
      rmSync(out, { force: true });
      const { elapsedMs, cpuSeconds, peakMiB } = await runMeasured(args);
      return {
        values: { elapsed: elapsedMs / 1000, cpu: cpuSeconds, peak: peakMiB },
        work: await cellsDigest(db, `${reader}('${out}')`),
      };
    },
  });
  const files = ["--db", db, "--out", out, "--format", format];
  return [
    side(PEER, "peer", [COPY, db, out, options]),
    side(QUERY, "ours", [CLI, "query", "sql", "SELECT * FROM daily_availability", ...files]),
    side(EXPORT, "ours", [CLI, "export", ...files]),
  ];
}

function targetsOf(comparison: Comparison): Target[] {
  const copied = medianOf(comparison, PEER) ?? NaN;
  return [QUERY, EXPORT].flatMap((name) => {
    const ratio = (medianOf(comparison, name) ?? NaN) / copied;
    const peak = medianOf(comparison, name, "peak") ?? NaN;
    const what = `${name}, ${comparison.title.replace("The", "the")}`;
    return [
      {
        what: `${what}: time`,
        wanted: `at most ${MAX_RATIO} times ${PEER}`,
        measured: `${measured(ratio)} times`,
        met: ratio <= MAX_RATIO,
      },
      {
        what: `${what}: peak memory`,
        wanted: `${MAX_MIB} MiB`,
        measured: `${measured(peak)} MiB`,
        met: peak <= MAX_MIB,
      },
    ];
  });
}
