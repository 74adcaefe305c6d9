import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dayAt, formatDay, type Day } from "../src/calendar/day.js";
import { runCli } from "./child/run-cli.js";
import { dayDigest } from "./child/table-digest.js";
import type { Bench, BenchContext, Target } from "./frame/bench.js";
import { medianOf, type Comparison, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { bareClientSides, fasterOf } from "./probe/bare-client.js";
import { startReplicaProcess } from "./servers/replica.js";
import type { BenchServer } from "./servers/server.js";
import { lastDay, perpetuals, SYMBOLS } from "./universe.js";

const METRICS: [Metric, ...Metric[]] = [
  { id: "elapsed", label: "start to exit", unit: "ms", better: "lower" },
  { id: "start", label: "start-up", unit: "ms", better: "lower" },
  { id: "dns", label: "DNS", unit: "ms", better: "lower" },
  { id: "discover", label: "planning", unit: "ms", better: "lower" },
  { id: "probe", label: "probing", unit: "ms", better: "lower" },
  { id: "write", label: "writing", unit: "ms", better: "lower" },
  { id: "other", label: "opening, closing", unit: "ms", better: "lower" },
  { id: "exit", label: "exit", unit: "ms", better: "lower" },
  { id: "cpu", label: "CPU", unit: "s", better: "lower" },
  { id: "memory", label: "peak memory", unit: "MiB", better: "lower" },
];

/** Time to probe a day according to the seed, ms. */
const SEED_PROBE_MS = 950;
/** Number of symbols of a market larger than today's. */
const MANY_SYMBOLS = 1000;
const AFAR_SIDE = "bfa update";
const DEFAULT_WAY = "pooled, HTTP/2 (default)";

/** `bfa update` as a separate process: of one day, and of what is due, as a daily job runs it. */
export const updateBench: Bench = async ({ quick, folder, compare }) => {
  const to = lastDay();
  const symbols = quick ? 40 : SYMBOLS;
  const served = ["--through", formatDay(to), "--days", "10", "--symbols", String(symbols)];
  const symbolsFile = join(folder, "symbols.txt");
  writeFileSync(symbolsFile, perpetuals(to, symbols).join("\n"));
  const rtts = quick ? [0, 20] : [0, 20, 40];
  const servers = new Map<number, BenchServer>();
  for (const rtt of rtts) servers.set(rtt, await startReplicaProcess(...served, "--rtt", String(rtt)));
  try {
    const near = servers.get(0);
    const far = servers.get(rtts.at(-1) ?? 0);
    if (near === undefined || far === undefined) throw new Error("no server was started");
    const farRtt = rtts.at(-1) ?? 0;
    const comparisons: Comparison[] = [];
    const named = ["--symbols-file", symbolsFile, "--unlisted"];
    const job = { folder, day: to, choice: ["update", "--date", formatDay(to), ...named] };

    const before = join(folder, "before.duckdb");
    await runCli(near, before, ["update", "--lookback", "3", "--date", formatDay(to - 1), ...named]);
    const whole = await compare({
      title: "A day's update, by distance",
      method: `${symbols} symbols of one day into a file that has the days before, with the default options, from process start to exit.`,
      metrics: METRICS,
      sides: [...servers].map(([rtt, server]) => updateSide(server, { ...job, before }, `${rtt} ms`, [])),
    });
    comparisons.push(whole);

    comparisons.push(
      await compare({
        title: "First run and later runs",
        method: `${symbols} symbols of one day at 0 ms: into an empty file, or into a file with other days.`,
        metrics: METRICS,
        sides: [
          updateSide(near, { ...job, before }, "later run", []),
          updateSide(near, job, "first run (empty file)", []),
        ],
      }),
    );

    comparisons.push(await plainUpdate(folder, symbols, compare));

    const ways = await compare({
      title: `A day's update at ${farRtt} ms: pooling, protocol, threads`,
      method: `${symbols} symbols of one day into an empty file, from process start to exit.`,
      metrics: METRICS,
      sides: [
        updateSide(far, job, "unpooled", ["--no-pool"]),
        updateSide(far, job, "pooled, HTTP/1.1", ["--no-http2"]),
        updateSide(far, job, "pooled, HTTP/1.1, 2 threads", ["--no-http2", "--threads", "2"]),
        updateSide(far, job, DEFAULT_WAY, []),
        updateSide(far, job, "pooled, HTTP/2, 4 connections", ["--connections", "4"]),
        updateSide(far, job, "pooled, HTTP/2, 16 connections", ["--connections", "16"]),
        updateSide(far, job, "pooled, HTTP/2, 64 connections", ["--connections", "64"]),
      ],
    });
    comparisons.push(ways);

    const workers = quick ? [10, 50] : [10, 25, 50, 100, 150, 200];
    comparisons.push(
      await compare({
        title: "Connections, in the numbers of the seed's workers",
        method: `${symbols} symbols of one day into an empty file, over HTTP/1.1; the seed used 150 workers.`,
        metrics: METRICS,
        lines: { xLabel: "connections" },
        sides: [...servers].flatMap(([rtt, server]) =>
          workers.map((connections) => ({
            ...updateSide(server, job, `${rtt} ms, ${connections}`, ["--no-http2", `--connections=${connections}`]),
            point: { line: `${rtt} ms`, x: connections },
          })),
        ),
      }),
    );
    const besideBare: Target[] = [];
    for (const count of quick ? [symbols] : [symbols, MANY_SYMBOLS]) {
      const beside = await fromAfar(folder, count, to, farRtt, compare);
      comparisons.push(beside);
      besideBare.push(afarTarget(beside, count, farRtt));
    }
    return { comparisons, targets: [...targetsOf(whole, ways, farRtt), ...besideBare], notes: [] };
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()));
  }
};

/** `bfa update` without options, on a file with the whole history. */
async function plainUpdate(folder: string, symbols: number, compare: BenchContext["compare"]): Promise<Comparison> {
  const yesterday = dayAt(Date.now()) - 1;
  const server = await startReplicaProcess("--days", "400", "--symbols", String(symbols));
  try {
    const before = join(folder, "full.duckdb");
    await runCli(server, before, ["update"]);
    return await compare({
      title: "A plain daily update",
      method: `\`bfa update\` of a file with the whole history of ${symbols} symbols, at 0 ms: the last 20 days and holes are due.`,
      metrics: METRICS,
      sides: [updateSide(server, { folder, day: yesterday, choice: ["update"], before }, "plain update", [])],
    });
  } finally {
    await server.close();
  }
}

/** A day of some symbols at a round-trip time, compared with scripts that send the same HEADs and print answers. */
async function fromAfar(
  folder: string,
  count: number,
  to: Day,
  rtt: number,
  compare: BenchContext["compare"],
): Promise<Comparison> {
  const served = ["--through", formatDay(to), "--days", "10", "--symbols", String(count), "--rtt", String(rtt)];
  const server = await startReplicaProcess(...served);
  try {
    const symbols = perpetuals(to, count);
    const symbolsFile = join(folder, "afar.txt");
    writeFileSync(symbolsFile, symbols.join("\n"));
    const choice = ["update", "--date", formatDay(to), "--symbols-file", symbolsFile, "--unlisted", "--no-contracts"];
    return await compare({
      title: `A day of ${count} symbols at ${rtt} ms, compared with a bare client`,
      method: `${symbols.length} HEADs, from process start to exit: an update into an empty file, and scripts that print the answers.`,
      metrics: METRICS,
      sides: [
        updateSide(server, { folder, day: to, choice }, AFAR_SIDE, []),
        ...bareClientSides(folder, server, { symbols, from: to, to }),
      ],
    });
  } finally {
    await server.close();
  }
}

function afarTarget(comparison: Comparison, count: number, rtt: number): Target {
  const ratio = (medianOf(comparison, AFAR_SIDE) ?? NaN) / fasterOf((side) => medianOf(comparison, side));
  return {
    what: `update of ${count} symbols at ${rtt} ms, relative to a bare client`,
    wanted: "1.25×",
    measured: `${measured(ratio)}×`,
    met: ratio <= 1.25,
  };
}

interface Job {
  folder: string;
  /** Arguments that select what to update. */
  choice: readonly string[];
  /** The day whose rows are compared. */
  day: Day;
  /** A file to start with; by default the update creates one. */
  before?: string;
}

function updateSide(server: BenchServer, job: Job, name: string, options: readonly string[]): Side {
  return {
    name,
    role: "ours",
    run: async () => {
      const db = join(job.folder, "update.duckdb");
      rmSync(db, { force: true });
      if (job.before !== undefined) copyFileSync(job.before, db);
      const { elapsedMs, startMs, exitMs, cpuSeconds, peakMiB, summary } = await runCli(server, db, [
        ...job.choice,
        ...options,
      ]);
      const { dns_ms: dnsMs, plan_ms: planMs, probe_ms: probeMs, write_ms: writeMs } = summary.phases;
      return {
        values: {
          elapsed: elapsedMs,
          start: startMs,
          dns: dnsMs,
          discover: planMs,
          probe: probeMs,
          write: writeMs,
          other: summary.elapsed_ms - dnsMs - planMs - probeMs - writeMs,
          exit: exitMs,
          cpu: cpuSeconds,
          memory: peakMiB,
        },
        work: `${summary.rows_written} rows: ${await dayDigest(db, job.day)}`,
      };
    },
  };
}

function targetsOf(whole: Comparison, ways: Comparison, rtt: number): Target[] {
  const near = medianOf(whole, "0 ms") ?? NaN;
  const probe = medianOf(whole, `${rtt} ms`, "probe") ?? NaN;
  const gain = (way: string) => ((ways.sides.find(({ name }) => name === way)?.ratio?.median ?? NaN) - 1) * 100;
  const least = 3 * rtt;
  return [
    {
      what: "update of 327 symbols, start to exit",
      wanted: "600 ms",
      measured: `${measured(near)} ms`,
      met: near <= 600,
    },
    {
      what: `its probing at ${rtt} ms, relative to the minimum (${least} ms)`,
      wanted: "2×",
      measured: `${measured(probe / least)}×`,
      met: probe <= 2 * least,
    },
    {
      what: `its probing at ${rtt} ms is faster than the seed's ${SEED_PROBE_MS} ms`,
      wanted: "3×",
      measured: `${measured(SEED_PROBE_MS / probe)}×`,
      met: SEED_PROBE_MS / probe >= 3,
    },
    {
      what: "seed: pooling makes an update faster",
      wanted: "7 %",
      measured: `${measured(gain("pooled, HTTP/1.1"))} % at ${rtt} ms; with HTTP/2 ${measured(gain(DEFAULT_WAY))} %`,
      met: gain("pooled, HTTP/1.1") >= 7,
    },
  ];
}
