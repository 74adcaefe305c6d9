import { warmDns } from "../../src/probe/net/dns.js";
import { createLine } from "../../src/probe/net/pool.js";
import { Deadlines } from "../../src/probe/net/deadlines.js";
import { head } from "../../src/probe/head.js";
import type { ComparisonPlan, Sample, Side } from "../frame/comparison.js";
import { quantile } from "../frame/statistics.js";
import type { BenchServer } from "../servers/server.js";
import { countHeads, digestOf, pathsOf, type Answer, type ProbeWork } from "./work.js";

export const LATENCY_METRICS: ComparisonPlan["metrics"] = [
  { id: "p50", label: "median", unit: "ms", better: "lower" },
  { id: "p90", label: "90 %", unit: "ms", better: "lower" },
  { id: "p99", label: "99 %", unit: "ms", better: "lower" },
  { id: "p100", label: "longest", unit: "ms", better: "lower" },
];

const CONNECTIONS = 16;

/** Latency of HEADs, from being sent or waiting for a connection to the outcome, 16 at a time on this thread. */
export function latencySide(
  server: BenchServer,
  work: ProbeWork,
  name: string,
  protocol: { pooled: boolean; http2: boolean },
): Side {
  return { name, role: "ours", run: () => timeHeads(server, work, protocol) };
}

async function timeHeads(
  server: BenchServer,
  work: ProbeWork,
  { pooled, http2 }: { pooled: boolean; http2: boolean },
): Promise<Sample> {
  const timeoutMs = 30_000;
  const { table } = await warmDns([server.url]);
  const line = createLine({
    origin: server.url,
    connections: CONNECTIONS,
    http2,
    timeoutMs,
    ...(server.ca === undefined ? {} : { ca: server.ca }),
    addresses: table,
    onConnect: () => undefined,
  });
  const deadlines = new Deadlines(timeoutMs);
  const context = { line, host: new URL(server.url).host, deadlines, pooled, onReplay: () => undefined };
  const paths = pathsOf(work);
  const latencies = new Float64Array(countHeads(work));
  const answers: Answer[] = [];
  let next = 0;
  const sendAll = async () => {
    while (next < paths.length) {
      const i = next++;
      const startedAt = performance.now();
      const outcome = await new Promise<Parameters<Parameters<typeof head>[2]>[0]>((done) => {
        head(context, paths[i] ?? "", done);
      });
      latencies[i] = performance.now() - startedAt;
      const cell = { symbolIndex: i % work.symbols.length, day: work.from + Math.floor(i / work.symbols.length) };
      const status = { available: 200, missing: 404, failed: 0 }[outcome.type];
      const { size, lastModified } = outcome.type === "available" ? outcome.file : { size: 0, lastModified: 0 };
      answers.push({ ...cell, status, size, lastModified });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sendAll));
  deadlines.stop();
  await line.destroy();
  latencies.sort();
  return {
    values: {
      p50: quantile(latencies, 0.5),
      p90: quantile(latencies, 0.9),
      p99: quantile(latencies, 0.99),
      p100: quantile(latencies, 1),
    },
    work: digestOf(work, answers),
  };
}
