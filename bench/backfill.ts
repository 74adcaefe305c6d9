import { copyFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { formatDay, type Day } from "../src/calendar/day.js";
import { fetchSide, parseSide } from "./backfill/pages.js";
import type { RunSummary } from "../src/run/summary.js";
import { runCli, type CliRun } from "./child/run-cli.js";
import { tableDigest } from "./child/table-digest.js";
import type { Bench, BenchContext, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { AWS_INSTALL, awsSide, hasAws } from "./peers/aws.js";
import { S5CMD_INSTALL, S5CMD_SIDE, hasS5cmd, s5cmdSide } from "./peers/s5cmd.js";
import { probersSide, probersTarget } from "./backfill/probers.js";
import { startReplicaProcess } from "./servers/replica.js";
import type { BenchServer } from "./servers/server.js";
import { DEFAULT_DATASET } from "../src/vision/datasets/default.js";
import { historyOf, lastDay, perpetuals, SYMBOLS } from "./universe.js";

const ELAPSED: Metric = { id: "elapsed", label: "start to exit", unit: "s", better: "lower" };
const METRICS: [Metric, ...Metric[]] = [
  ELAPSED,
  { id: "rate", label: "rows", unit: "1/s", better: "higher" },
  { id: "probe", label: "probing", unit: "s", better: "lower" },
  { id: "write", label: "in transactions", unit: "s", better: "lower" },
  { id: "cpu", label: "CPU", unit: "s", better: "lower" },
  { id: "memory", label: "peak memory", unit: "MiB", better: "lower" },
];

/** Memory limits of a backfill by each source, MiB. */
const MAX_MEMORY = { list: 300, head: 200 };

/** Symbols and days of a backfill. */
interface Extent {
  symbols: number;
  days: number;
}

/** `bfa backfill` as a separate process, from an empty file to the whole history. */
export const backfillBench: Bench = async (context) => {
  const comparisons: Comparison[] = [];
  const targets: Target[] = [];
  for (const part of [byList, byHead, linearity, realUniverse]) {
    const found = await part(context);
    comparisons.push(...found.comparisons);
    targets.push(...found.targets);
  }
  const notes =
    context.spans === undefined ? ["The real universe was not measured: that needs its spans (--spans FILE)."] : [];
  return { comparisons, targets, notes };
};

type Part = (context: BenchContext) => Promise<{ comparisons: Comparison[]; targets: Target[] }>;

const byList: Part = async ({ quick, folder, compare }) => {
  const extent = quick ? { symbols: 20, days: 200 } : { symbols: SYMBOLS, days: 2240 };
  const cells = extent.symbols * extent.days;
  const to = lastDay();
  return await withReplica(extent, to, async (server) => {
    const history = historyOf(to, extent.days, extent.symbols);
    const symbols = perpetuals(to, extent.symbols);
    const [aws, s5cmd] = await Promise.all([hasAws(), hasS5cmd()]);
    const side = backfillSide(server, folder, "bfa backfill --source list", "list", extent, to);
    const list = await compare({
      title: `LIST: ${extent.symbols} symbols × ${extent.days} days`,
      method: `${cells} rows, empty file to finished file with counts. The bounds do only part of that work, on one thread.`,
      metrics: METRICS,
      sides: [
        side,
        fetchSide(server, history, symbols),
        parseSide(server, history, symbols),
        ...(s5cmd ? [s5cmdSide(folder, server, history, symbols)] : []),
        ...(aws ? [awsSide(server, history, symbols.slice(0, quick ? 2 : 20), extent.symbols)] : []),
      ],
      skipped: [
        ...(s5cmd ? [] : [{ name: "s5cmd", why: `not installed: ${S5CMD_INSTALL}` }]),
        ...(aws ? [] : [{ name: "aws s3 ls", why: `not installed: ${AWS_INSTALL}` }]),
      ],
    });
    // Holes of later days are still due.
    const ended = to - DEFAULT_DATASET.finality.holeAfterDays;
    const earlier = { ...extent, days: extent.days - (to - ended) };
    const finished = join(folder, "finished.duckdb");
    await runCli(server, finished, backfillArguments("list", earlier, ended));
    const rerun = await compare({
      title: "Rerun of a finished range",
      method: `${earlier.symbols * earlier.days} cells of days that are long past, once more: nothing is due, and nothing is probed.`,
      metrics: METRICS,
      sides: [backfillSide(server, folder, "rerun", "list", earlier, ended, finished)],
    });
    const elapsed = medianOf(list, side.name) ?? NaN;
    const memory = medianOf(list, side.name, "memory") ?? NaN;
    const again = medianOf(rerun, "rerun") ?? NaN;
    const aws10 = list.sides.find(({ name }) => name.startsWith("aws"))?.metrics["elapsed"]?.median;
    return {
      comparisons: [list, rerun],
      targets: [
        { what: `LIST of ${cells} rows`, wanted: "5 s", measured: `${measured(elapsed)} s`, met: elapsed <= 5 },
        { what: "rerun of a finished range", wanted: "0.5 s", measured: `${measured(again)} s`, met: again <= 0.5 },
        memoryTarget("list", memory),
        ...peerTarget("s5cmd with 64 workers", medianOf(list, S5CMD_SIDE), elapsed, 5),
        ...peerTarget("aws s3 ls ten at a time", aws10, elapsed, 60),
      ],
    };
  });
};

const byHead: Part = async ({ quick, folder, compare }) => {
  const extent = quick ? { symbols: 20, days: 20 } : { symbols: SYMBOLS, days: 920 };
  const cells = extent.symbols * extent.days;
  const to = lastDay();
  return await withReplica(extent, to, async (server) => {
    const head = await compare({
      title: `HEAD: ${cells} probes`,
      method:
        "Empty file to finished file with counts, one HEAD per row. The bound is the probers alone, from the first HEAD to the last.",
      metrics: METRICS,
      sides: [
        backfillSide(server, folder, "bfa backfill --source head", "head", extent, to),
        probersSide(server, { symbols: perpetuals(to, extent.symbols), from: to - extent.days + 1, to }),
      ],
    });
    const rate = cells / (medianOf(head, head.baseline) ?? NaN);
    const memory = medianOf(head, head.baseline, "memory") ?? NaN;
    return {
      comparisons: [head],
      targets: [
        probersTarget(head),
        { what: `HEADs per second over ${cells}`, wanted: "20,000", measured: measured(rate), met: rate >= 20_000 },
        memoryTarget("head", memory),
      ],
    };
  });
};

const linearity: Part = async ({ quick, folder, compare }) => {
  const extents: Extent[] = quick
    ? [
        { symbols: 20, days: 100 },
        { symbols: 40, days: 200 },
      ]
    : [
        { symbols: SYMBOLS, days: 2240 },
        { symbols: 1000, days: 2600 },
      ];
  const to = lastDay();
  const servers: BenchServer[] = [];
  try {
    const sides: Side[] = [];
    for (const extent of extents) {
      const server = await startReplica(extent, to);
      servers.push(server);
      const { run, ...side } = backfillSide(server, folder, `${extent.symbols} × ${extent.days}`, "list", extent, to);
      // The sizes differ on purpose, so their work isn't compared.
      sides.push({ ...side, run: async () => ({ ...(await run()), work: undefined }) });
    }
    const perRow: Metric = { id: "perRow", label: "per row", unit: "µs", better: "lower" };
    const comparison = await compare({
      title: "Cost by size",
      method: "LIST of a smaller and a larger history, empty file to finished file.",
      metrics: [perRow, ...METRICS],
      sides,
    });
    const ratio = 1 / (comparison.sides.at(-1)?.ratio?.median ?? NaN);
    return {
      comparisons: [comparison],
      targets: [
        {
          what: `cost per row at ${sides.at(-1)?.name ?? ""}, relative to ${sides[0]?.name ?? ""}`,
          wanted: "120 %",
          measured: `${measured(ratio * 100)} %`,
          met: ratio <= 1.2,
        },
      ],
    };
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
};

const realUniverse: Part = async ({ spans, folder, compare }) => {
  if (spans === undefined) return { comparisons: [], targets: [] };
  const server = await startReplicaProcess("--spans", spans);
  try {
    const side: Side = {
      name: "bfa backfill --source list",
      role: "ours",
      run: async () => {
        const db = join(folder, "universe.duckdb");
        rmSync(db, { force: true });
        const run = await runCli(server, db, ["backfill", "--source", "list", "--to", formatDay(lastDay())]);
        if (run.summary.available !== server.files) {
          throw new Error(`${run.summary.available} of ${String(server.files)} files were found`);
        }
        return { values: valuesOf(run), work: await tableDigest(db) };
      },
    };
    const universe = await compare({
      title: "The real universe",
      method: `The history of ${basename(spans)}: ${String(server.files)} files, after listing its symbols; every file was found.`,
      metrics: METRICS,
      sides: [side],
    });
    return { comparisons: [universe], targets: [] };
  } finally {
    await server.close();
  }
};

function startReplica({ symbols, days }: Extent, to: Day): Promise<BenchServer> {
  return startReplicaProcess("--through", formatDay(to), "--days", String(days), "--symbols", String(symbols));
}

async function withReplica<T>(extent: Extent, to: Day, use: (server: BenchServer) => Promise<T>): Promise<T> {
  const server = await startReplica(extent, to);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

function backfillArguments(source: "list" | "head", { days }: Extent, to: Day): string[] {
  return ["backfill", "--source", source, "--from", formatDay(to - days + 1), "--to", formatDay(to)];
}

/** A backfill into an empty file, or into a copy of `before`. */
function backfillSide(
  server: BenchServer,
  folder: string,
  name: string,
  source: "list" | "head",
  extent: Extent,
  to: Day,
  before?: string,
): Side {
  return {
    name,
    role: "ours",
    run: async () => {
      const db = join(folder, "backfill.duckdb");
      rmSync(db, { force: true });
      if (before !== undefined) copyFileSync(before, db);
      const run = await runCli(server, db, backfillArguments(source, extent, to));
      return { values: valuesOf(run), work: await tableDigest(db) };
    },
  };
}

function valuesOf({ elapsedMs, cpuSeconds, peakMiB, summary }: CliRun<RunSummary>) {
  const { rows_written: rowsWritten, phases } = summary;
  return {
    elapsed: elapsedMs / 1000,
    rate: rowsWritten / (elapsedMs / 1000),
    perRow: (elapsedMs * 1000) / rowsWritten,
    probe: phases.probe_ms / 1000,
    write: phases.write_ms / 1000,
    cpu: cpuSeconds,
    memory: peakMiB,
  };
}

/** How many times as fast as a peer, if that is installed. */
function peerTarget(peer: string, took: number | undefined, elapsed: number, wanted: number): Target[] {
  if (took === undefined) return [];
  const times = took / elapsed;
  return [
    {
      what: `LIST is faster than ${peer}`,
      wanted: `${wanted}×`,
      measured: `${measured(times)}×`,
      met: times >= wanted,
    },
  ];
}

function memoryTarget(source: "list" | "head", memory: number): Target {
  const most = MAX_MEMORY[source];
  return {
    what: `peak memory of a backfill by ${source.toUpperCase()}`,
    wanted: `${most} MiB`,
    measured: `${measured(memory)} MiB`,
    met: memory <= most,
  };
}
