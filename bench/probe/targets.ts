import type { Target } from "../frame/bench.js";
import { medianOf, type Comparison } from "../frame/comparison.js";
import { measured } from "../output/format.js";
import type { BenchServer } from "../servers/server.js";
import { BARE_SIDE } from "./bare-dispatch.js";

/** Targets for probing compared with other tools. */
export function throughputTargets(comparison: Comparison, threads: readonly number[]): Target[] {
  const ours = Math.max(...threads.map((n) => medianOf(comparison, `${n} thread${n > 1 ? "s" : ""}`) ?? 0));
  const python = medianOf(comparison, "Python urllib3, 150 threads");
  const wrk = medianOf(comparison, "wrk");
  const targets: Target[] = [];
  if (python !== undefined) {
    const ratio = ours / python;
    targets.push({
      what: "probing is faster than the Python pool",
      wanted: "10×",
      measured: `${measured(ratio)}×`,
      met: ratio >= 10,
    });
  }
  if (wrk !== undefined) {
    const share = (ours / wrk) * 100;
    targets.push({
      what: "probing, relative to wrk",
      wanted: "50 %",
      measured: `${measured(share)} %`,
      met: share >= 50,
    });
  }
  const bare = (medianOf(comparison, BARE_SIDE, "cpu") ?? NaN) / (medianOf(comparison, "1 thread", "cpu") ?? NaN);
  targets.push({
    what: "one thread, relative to a bare dispatch() loop, by CPU time",
    wanted: "92 %",
    measured: `${measured(bare * 100)} %`,
    met: bare >= 0.92,
  });
  const wanted = 30_000;
  targets.push({ what: "HEADs per second", wanted: measured(wanted), measured: measured(ours), met: ours >= wanted });
  return targets;
}

/** Target for the gain from keeping connections open. */
export function pooledTarget(comparison: Comparison, server: BenchServer): Target {
  const ratio = comparison.sides.find(({ name }) => name === "pooled")?.ratio?.median ?? NaN;
  return {
    what: `pooled is faster than unpooled on ${server.name}`,
    wanted: "20×",
    measured: `${measured(ratio)}×`,
    met: ratio >= 20,
  };
}

/** Targets for a day's probes at a round-trip time, ms, compared with the minimum and with the seed. */
export function dailyTargets(comparison: Comparison, rtt: number): Target[] {
  const least = 3 * rtt;
  return ["pooled", "HTTP/2"].flatMap((name) => {
    const took = medianOf(comparison, name) ?? NaN;
    return [
      {
        what: `probes of a day at ${rtt} ms, ${name}, relative to the minimum (${least} ms)`,
        wanted: "2×",
        measured: `${measured(took / least)}× (${measured(took)} ms)`,
        met: took <= 2 * least,
      },
      {
        what: `probes of a day at ${rtt} ms, ${name}, faster than the seed's 950 ms`,
        wanted: "3×",
        measured: `${measured(950 / took)}×`,
        met: 950 / took >= 3,
      },
    ];
  });
}
