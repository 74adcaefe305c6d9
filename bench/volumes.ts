import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatDay, type Day } from "../src/calendar/day.js";
import { monthOf, periodSpan } from "../src/calendar/period.js";
import { barFolders } from "../src/replica/bar-files.js";
import { COMMAND_DEFAULTS, DEFAULT_CONNECTIONS } from "../src/run/defaults.js";
import type { VolumesSummary } from "../src/run/volumes.js";
import { checksumKey, fileKey, keyPath } from "../src/vision/object-key.js";
import { runCli } from "./child/run-cli.js";
import { runMeasured } from "./child/run-measured.js";
import type { Bench, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { klinesSide, PYTHON_KLINES } from "./peers/klines.js";
import { hasUrllib3, URLLIB3_INSTALL } from "./peers/urllib3.js";
import { startReplicaProcess } from "./servers/replica.js";
import type { BenchServer } from "./servers/server.js";
import { historyOf, lastDay, perpetuals } from "./universe.js";
import { barsDigest } from "./volumes/bars-digest.js";
import type { Fetched } from "./volumes/bare-gets.js";

const METRICS: [Metric, ...Metric[]] = [
  { id: "elapsed", label: "start to exit", unit: "s", better: "lower" },
  { id: "cpu", label: "CPU", unit: "s", better: "lower" },
  { id: "rate", label: "rows", unit: "1/s", better: "higher" },
  { id: "write", label: "in transactions", unit: "s", better: "lower" },
  { id: "memory", label: "peak memory", unit: "MiB", better: "lower" },
  { id: "bytesPerRow", label: "file, per row", unit: "bytes", better: "lower" },
];

/** About 20,000 months and 660,000 days, or less for a first look. */
const SIZES = { full: { symbols: 480, days: 2_240 }, quick: { symbols: 10, days: 120 } };
const LIMITS = { timesBare: 2, memoryMiB: 400, bytesPerRow: 60 };
const MIN_TIMES_PYTHON = 5;

const OURS = "bfa volumes";
const BARE = "the same GETs alone";
const BARE_GETS = fileURLToPath(new URL("volumes/bare-gets.js", import.meta.url));

/** `bfa volumes` as a separate process, from an empty file to the whole history of 1d klines. */
export const volumesBench: Bench = async ({ quick, folder, compare }) => {
  const { symbols, days } = quick ? SIZES.quick : SIZES.full;
  // The third day of a month: the previous month has its files, and few days lack a monthly file.
  const to = monthOf(lastDay() - 2) + 2;
  const options = ["--through", formatDay(to), "--days", String(days), "--symbols", String(symbols)];
  const names = perpetuals(to, symbols);
  const { months, zips } = filesOf(to, days, symbols, names);
  const server = await startReplicaProcess(...options);
  try {
    const python = await hasUrllib3();
    const comparison = await compare({
      title: `Volumes: ${months} months of ${names.length} symbols`,
      method: `${zips.length} zips of 1d klines (${months} monthly ones, the others for single days of the current month), each with its checksum: fetched, verified, parsed, written. The bare GETs fetch the same zips and checksums with as many threads and connections, without listing. Python's start-up is not counted, and its rows stay in memory. Same rows, compared by their SHA-256.`,
      metrics: METRICS,
      sides: [
        ourSide(folder, server, names),
        bareSide(folder, server, zips),
        ...(python ? [klinesSide(folder, server, zips)] : []),
      ],
      skipped: python ? [] : [{ name: PYTHON_KLINES, why: `not installed: ${URLLIB3_INSTALL}` }],
    });
    return { comparisons: [comparison], targets: targetsOf(comparison, python), notes: [] };
  } finally {
    await server.close();
  }
};

/** Paths of the zips that volumes need: monthly ones, and those of days that no month covers. */
function filesOf(to: Day, days: number, symbols: number, names: readonly string[]): { months: number; zips: string[] } {
  const wanted = new Set(names);
  const folders = barFolders(historyOf(to, days, symbols)).filter(({ symbol }) => wanted.has(symbol));
  const covered = new Set<string>();
  const zips: string[] = [];
  const take = (cadence: "monthly" | "daily", isWanted: (symbol: string, day: Day) => boolean) => {
    for (const { dataset, symbol, days: periods } of folders) {
      if (dataset.cadence !== cadence) continue;
      for (const period of periods) {
        if (isWanted(symbol, period)) zips.push(keyPath(fileKey(dataset, symbol, period)));
      }
    }
  };
  take("monthly", (symbol, month) => {
    const { from, to: last } = periodSpan("monthly", month);
    for (let day = from; day <= last; day++) covered.add(`${symbol} ${day}`);
    return true;
  });
  const months = zips.length;
  take("daily", (symbol, day) => !covered.has(`${symbol} ${day}`));
  return { months, zips };
}

function ourSide(folder: string, server: BenchServer, names: readonly string[]): Side {
  const symbolsFile = join(folder, "symbols.txt");
  writeFileSync(symbolsFile, names.join("\n"));
  return {
    name: OURS,
    role: "ours",
    run: async () => {
      const db = join(folder, "volumes.duckdb");
      rmSync(db, { force: true });
      const args = ["volumes", "--symbols-file", symbolsFile, "--unlisted"];
      const { elapsedMs, cpuSeconds, peakMiB, summary } = await runCli<VolumesSummary>(server, db, args);
      const { rows, digest } = await barsDigest(db);
      return {
        values: {
          elapsed: elapsedMs / 1000,
          cpu: cpuSeconds,
          rate: rows / (elapsedMs / 1000),
          write: summary.phases.write_ms / 1000,
          memory: peakMiB,
          bytesPerRow: statSync(db).size / rows,
        },
        work: `${rows} rows, ${digest}`,
      };
    },
  };
}

function bareSide(folder: string, server: BenchServer, zips: readonly string[]): Side {
  const file = join(folder, "paths.txt");
  const paths = zips.flatMap((path) => [path, checksumKey(path)]);
  writeFileSync(file, paths.join("\n"));
  const sizes = [COMMAND_DEFAULTS.volumes.threads, DEFAULT_CONNECTIONS.http1].map(String);
  const args = [BARE_GETS, file, server.url, server.caFile ?? "", ...sizes];
  return {
    name: BARE,
    role: "bound",
    run: async () => {
      const { elapsedMs, cpuSeconds, peakMiB, stdout } = await runMeasured(args);
      const { objects } = JSON.parse(stdout) as Fetched;
      if (objects !== paths.length) throw new Error(`${objects} of ${paths.length} objects were fetched`);
      return { values: { elapsed: elapsedMs / 1000, cpu: cpuSeconds, memory: peakMiB }, work: undefined };
    },
  };
}

function targetsOf(comparison: Comparison, python: boolean): Target[] {
  const ours = (metric: string) => medianOf(comparison, OURS, metric) ?? NaN;
  const elapsed = ours("elapsed");
  const timesBare = elapsed / (medianOf(comparison, BARE) ?? NaN);
  const timesPython = (medianOf(comparison, PYTHON_KLINES) ?? NaN) / elapsed;
  return [
    {
      what: "volumes, relative to the same GETs alone",
      wanted: `${LIMITS.timesBare}×`,
      measured: `${measured(timesBare)}×`,
      met: timesBare <= LIMITS.timesBare,
    },
    ...(python
      ? [
          {
            what: "volumes are faster than with a Python thread pool",
            wanted: `${MIN_TIMES_PYTHON}×`,
            measured: `${measured(timesPython)}×`,
            met: timesPython >= MIN_TIMES_PYTHON,
          },
        ]
      : []),
    {
      what: "peak memory of volumes",
      wanted: `${LIMITS.memoryMiB} MiB`,
      measured: `${measured(ours("memory"))} MiB`,
      met: ours("memory") <= LIMITS.memoryMiB,
    },
    {
      what: "volumes on disk, per day row",
      wanted: `${LIMITS.bytesPerRow} bytes`,
      measured: `${measured(ours("bytesPerRow"))} bytes`,
      met: ours("bytesPerRow") <= LIMITS.bytesPerRow,
    },
  ];
}
