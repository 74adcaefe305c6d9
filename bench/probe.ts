import { availableParallelism } from "node:os";
import { NGINX_INSTALL, hasNginx, startNginx } from "./servers/nginx.js";
import { startReplicaProcess } from "./servers/replica.js";
import { foreignServer, type BenchServer } from "./servers/server.js";
import type { Bench, BenchContext, BenchResult, Target } from "./frame/bench.js";
import type { Comparison, Metric, Side, Skipped } from "./frame/comparison.js";
import { H2LOAD_INSTALL, h2loadSide, hasH2load, hasWrk, WRK_INSTALL, wrkSide } from "./peers/load-tools.js";
import { hasUrllib3, URLLIB3_INSTALL, urllib3Side } from "./peers/urllib3.js";
import { bareDispatchSide } from "./probe/bare-dispatch.js";
import { latencySide, LATENCY_METRICS } from "./probe/latency.js";
import { DEFAULT_CONNECTIONS } from "../src/run/defaults.js";
import { DEFAULT_SETUP, runProbes, type ProbeSetup } from "./probe/run-probes.js";
import { dailyTargets, pooledTarget, throughputTargets } from "./probe/targets.js";
import { countHeads, type ProbeWork } from "./probe/work.js";
import { historyOf, lastDay, perpetuals, SYMBOLS } from "./universe.js";
import { formatDay } from "../src/calendar/day.js";
import { plural } from "../src/text/numbers.js";

const CORES = availableParallelism();
/** Sockets of most sides, and of the seed's 150 workers. */
const { connections: CONNECTIONS } = DEFAULT_SETUP;
const SEED_WORKERS = 150;

const RATE: Metric = { id: "rate", label: "probes", unit: "1/s", better: "higher" };
const ELAPSED: Metric = { id: "elapsed", label: "time", unit: "ms", better: "lower" };
const CPU: Metric = { id: "cpu", label: "CPU per 1,000", unit: "s", better: "lower" };
const SOCKETS: Metric = { id: "sockets", label: "sockets seen by the server", unit: "", better: "lower" };
const HANDSHAKES: Metric = { id: "handshakes", label: "handshakes", unit: "", better: "lower" };

/** HEADs as `bfa update` sends them, with various connections, numbers of threads and round-trip times. */
export const probeBench: Bench = async (context) => {
  return context.target === undefined ? await onOwnServers(context) : await onTarget(context, context.target);
};

async function onOwnServers(context: BenchContext): Promise<BenchResult> {
  const { quick, folder, compare } = context;
  const to = lastDay();
  const symbols = perpetuals(to);
  const workOf = (days: number): ProbeWork => ({ symbols, from: to - days + 1, to });
  const [day, pairs, bulk] = quick ? [workOf(1), workOf(8), workOf(8)] : [workOf(1), workOf(40), workOf(60)];
  const bulkDays = bulk.to - bulk.from + 1;
  const served = ["--through", formatDay(to), "--days", String(bulkDays), "--symbols", String(SYMBOLS)];
  const rtts = quick ? [20] : [20, 40];

  const nginx = (await hasNginx()) ? await startNginx(folder, historyOf(to, bulkDays)) : undefined;
  const replica = await startReplicaProcess(...served);
  const distant = new Map<number, BenchServer>();
  for (const rtt of rtts) distant.set(rtt, await startReplicaProcess(...served, "--rtt", String(rtt)));
  const servers = [...(nginx === undefined ? [] : [nginx]), replica];
  const main = nginx ?? replica;
  const peers = await findPeers(context, main, nginx);
  try {
    const comparisons: Comparison[] = [];
    const targets: Target[] = [];

    const throughput = await compare({
      title: `Throughput on ${main.name}`,
      method: `${countHeads(bulk)} HEADs over ${CONNECTIONS} connections, from threads that have already sent them all once. wrk and h2load GET empty files.`,
      metrics: [RATE, ELAPSED, CPU],
      sides: [
        ...threadCounts().map((threads) => side(main, bulk, plural(threads, "thread"), { threads }, true)),
        bareDispatchSide(main, bulk, CONNECTIONS),
        ...peers.sides(bulk),
      ],
      baseline: peers.urllib3 ? "Python urllib3, 150 threads" : "1 thread",
      skipped: peers.skipped,
    });
    comparisons.push(throughput);
    targets.push(...throughputTargets(throughput, threadCounts()));

    // With little work, V8's warm-up would dominate, so a quick run warms up first; a full run includes the warm-up.
    const opening = quick ? "from threads that have already sent them all once" : "including the time to open them";
    for (const server of quick ? [main] : servers) {
      const pooling = await compare({
        title: `Pooling and protocol on ${server.name}`,
        method: `${countHeads(pairs)} HEADs from one thread over ${CONNECTIONS} connections, ${DEFAULT_CONNECTIONS.http2} with HTTP/2, ${opening}.`,
        metrics: [RATE, ELAPSED, CPU, SOCKETS, HANDSHAKES],
        sides: protocolSides(server, pairs, quick),
        baseline: "unpooled",
      });
      comparisons.push(pooling);
      targets.push(pooledTarget(pooling, server));
    }

    for (const [rtt, server] of distant) {
      const daily = await compare({
        title: `A day's probes at a round trip of ${rtt} ms`,
        method: `${countHeads(day)} HEADs, as many as a run over one day sends. The minimum is ${3 * rtt} ms: connect, handshake, answer.`,
        metrics: [ELAPSED, RATE, CPU, SOCKETS, HANDSHAKES],
        sides: [
          ...protocolSides(server, day, false),
          ...(quick ? [] : otherSetupSides(server, day)),
          ...(peers.urllib3 ? [urllib3Side(folder, server, day), urllib3Side(folder, server, day, 1)] : []),
        ],
        baseline: "unpooled",
        skipped: peers.urllib3 ? [] : [{ name: "Python urllib3", why: `not installed: ${URLLIB3_INSTALL}` }],
      });
      comparisons.push(daily);
      if (rtt === 40) targets.push(...dailyTargets(daily, rtt));
    }

    if (!quick) {
      comparisons.push(
        await connectionsComparison(context, [[0, replica] as const, ...distant], day),
        await threadsComparison(context, main, bulk),
      );
      for (const [rtt, server] of [[0, main] as const, ...distant]) {
        comparisons.push(await latencyComparison(context, rtt, server, day));
      }
    }
    const notes = [
      "Clients and servers share this machine's cores.",
      ...(nginx === undefined ? [`nginx is not installed (${NGINX_INSTALL}): only the replica was measured.`] : []),
    ];
    return { comparisons, targets, notes };
  } finally {
    await Promise.all([...servers, ...distant.values()].map((server) => server.close()));
  }
}

/** The same day over increasing numbers of connections. */
function connectionsComparison(
  { compare }: BenchContext,
  servers: readonly (readonly [rtt: number, server: BenchServer])[],
  day: ProbeWork,
): Promise<Comparison> {
  return compare({
    title: "Connections, by distance",
    method: `${countHeads(day)} HEADs, as many as a run over one day sends, from one thread.`,
    metrics: [ELAPSED, RATE, SOCKETS],
    lines: { xLabel: "connections" },
    sides: servers.flatMap(([rtt, server]) =>
      [8, 16, 32, 64, 100, SEED_WORKERS].map((connections) => ({
        ...side(server, day, `${rtt} ms, ${connections} connections`, { connections }),
        point: { line: `${rtt} ms`, x: connections },
      })),
    ),
  });
}

/** The same probes from increasing numbers of threads. */
function threadsComparison({ compare }: BenchContext, server: BenchServer, bulk: ProbeWork): Promise<Comparison> {
  return compare({
    title: "Threads, by connections",
    method: `${countHeads(bulk)} HEADs on ${server.name}, from threads that have already sent them all once.`,
    metrics: [RATE, CPU],
    lines: { xLabel: "threads" },
    sides: [32, SEED_WORKERS].flatMap((connections) =>
      threadCounts().map((threads) => ({
        ...side(
          server,
          bulk,
          `${plural(threads, "thread")}, ${connections} connections`,
          { threads, connections },
          true,
        ),
        point: { line: `${connections} connections`, x: threads },
      })),
    ),
  });
}

/** Latency of single HEADs. */
function latencyComparison(
  { compare }: BenchContext,
  rtt: number,
  server: BenchServer,
  day: ProbeWork,
): Promise<Comparison> {
  return compare({
    title: `Latency at a round trip of ${rtt} ms`,
    method: `${countHeads(day)} HEADs from one thread over 16 connections; an unpooled one opens its connection first.`,
    metrics: LATENCY_METRICS,
    sides: [
      latencySide(server, day, "pooled", { pooled: true, http2: false }),
      latencySide(server, day, "unpooled", { pooled: false, http2: false }),
      latencySide(server, day, "HTTP/2", { pooled: true, http2: true }),
    ],
    baseline: "unpooled",
  });
}

/** A limited, slow measurement of a server that isn't ours, announced before it begins. */
async function onTarget({ quick, compare, say }: BenchContext, target: string): Promise<BenchResult> {
  const to = lastDay();
  const work: ProbeWork = { symbols: ["BTCUSDT", "ETHUSDT"], from: to - (quick ? 9 : 99), to };
  const server = foreignServer(target);
  const limits = { connections: 16, threads: 1 };
  const sides = [
    side(server, work, "pooled", limits),
    side(server, work, "unpooled", { ...limits, pooled: false }),
    side(server, work, "HTTP/2", { ...limits, http2: true }),
  ];
  say(
    `${target}: ${sides.length} sides of ${countHeads(work)} HEADs per run, over at most ${limits.connections} connections`,
  );
  const comparison = await compare({
    title: `Pooling and protocol on ${server.name}`,
    method: `${countHeads(work)} HEADs over ${limits.connections} connections from one thread.`,
    metrics: [ELAPSED, RATE, CPU],
    sides,
    baseline: "unpooled",
  });
  return { comparisons: [comparison], targets: [], notes: [] };
}

function threadCounts(): number[] {
  return [1, 2, 4, 8].filter((threads) => threads <= Math.max(2, CORES));
}

function protocolSides(server: BenchServer, work: ProbeWork, warm: boolean): Side[] {
  return [
    side(server, work, "pooled", {}, warm),
    side(server, work, "unpooled", { pooled: false }, warm),
    side(server, work, "HTTP/2", { http2: true, connections: DEFAULT_CONNECTIONS.http2 }, warm),
  ];
}

/** Sides with numbers of connections and threads other than the defaults. */
function otherSetupSides(server: BenchServer, work: ProbeWork): Side[] {
  return [
    side(server, work, `pooled, ${SEED_WORKERS} connections`, { connections: SEED_WORKERS }),
    side(server, work, "pooled, 2 threads", { threads: 2 }),
    ...[4, 16, 64].map((connections) =>
      side(server, work, `HTTP/2, ${connections} connections`, { http2: true, connections }),
    ),
  ];
}

/** Our probers with some non-default settings, and what the server counted. */
function side(server: BenchServer, work: ProbeWork, name: string, setup: Partial<ProbeSetup>, warm = false): Side {
  return {
    name,
    role: "ours",
    run: async () => {
      await server.resetCounts();
      const sample = await runProbes(server, work, { ...DEFAULT_SETUP, ...setup }, warm);
      const counts = await server.counts();
      if (counts === undefined) return sample;
      const { connections, handshakes } = counts;
      return {
        ...sample,
        values: { ...sample.values, sockets: connections, ...(handshakes !== undefined && { handshakes }) },
      };
    },
  };
}

/** Sides of the installed peers. */
async function findPeers({ folder, quick }: BenchContext, server: BenchServer, nginx: BenchServer | undefined) {
  const [urllib3, wrk, h2load] = await Promise.all([hasUrllib3(), hasWrk(), hasH2load()]);
  const load = { threads: CORES, connections: CONNECTIONS };
  const skipped: Skipped[] = [];
  const orSkip = (present: boolean, name: string, install: string): boolean => {
    if (!present) skipped.push({ name, why: `not installed: ${install}` });
    return present;
  };
  const python = orSkip(urllib3, "Python urllib3", URLLIB3_INSTALL);
  const useWrk = orSkip(wrk, "wrk", WRK_INSTALL);
  const useH2load = orSkip(h2load, "h2load", H2LOAD_INSTALL);
  if (nginx === undefined) skipped.push({ name: "wrk and h2load", why: `they need nginx: ${NGINX_INSTALL}` });
  return {
    urllib3: python,
    skipped,
    sides: (work: ProbeWork): Side[] => [
      ...(python ? [urllib3Side(folder, server, work)] : []),
      ...(nginx !== undefined && useWrk ? [wrkSide(folder, nginx, work, { ...load, seconds: quick ? 1 : 3 })] : []),
      ...(nginx !== undefined && useH2load
        ? [
            h2loadSide(folder, nginx, work, { ...load, http2: false }),
            h2loadSide(folder, nginx, work, { ...load, http2: true }),
          ]
        : []),
    ],
  };
}
