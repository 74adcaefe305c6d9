import { setTimeout as sleep } from "node:timers/promises";
import type { LookupFunction } from "node:net";
import { buildConnector, Pool } from "undici";
import { formatDay } from "../src/calendar/day.js";
import { tableLookup } from "../src/probe/net/addresses.js";
import type { Bench } from "./frame/bench.js";
import { medianOf, type Metric, type Side } from "./frame/comparison.js";
import { measured } from "./output/format.js";
import { pathsOf, type ProbeWork } from "./probe/work.js";
import { startReplicaProcess } from "./servers/replica.js";
import type { BenchServer } from "./servers/server.js";
import { lastDay, perpetuals, SYMBOLS } from "./universe.js";

const METRICS: [Metric, ...Metric[]] = [
  { id: "elapsed", label: "time", unit: "ms", better: "lower" },
  { id: "lookups", label: "look-ups", unit: "", better: "lower" },
];

const CONNECTIONS = 64;

/**
 * Concurrent look-ups in Node: `getaddrinfo` runs on libuv's four threads, of which slow work may take half
 * (`slow_work_thread_threshold` in libuv's threadpool.c).
 */
const PARALLEL_LOOKUPS = 2;

/** One look-up per connection compared with one for all of them, with a resolver of known delay. */
export const dnsBench: Bench = async ({ quick, compare }) => {
  const to = lastDay();
  const symbols = quick ? 40 : SYMBOLS;
  const work: ProbeWork = { symbols: perpetuals(to, symbols), from: to, to };
  const served = ["--through", formatDay(to), "--days", "1", "--symbols", String(symbols)];
  const server = await startReplicaProcess(...served, "--rtt", "20");
  try {
    const delays = quick ? [5, 20] : [5, 20, 50];
    const comparisons = [];
    for (const delay of delays) {
      comparisons.push(
        await compare({
          title: `DNS with look-ups of ${delay} ms`,
          method: `${symbols} HEADs over ${CONNECTIONS} connections at a round trip of 20 ms, with an in-process resolver that takes ${delay} ms.`,
          metrics: METRICS,
          sides: [
            dnsSide(
              server,
              work,
              `cold, ${PARALLEL_LOOKUPS} at a time (getaddrinfo)`,
              coldLookup(delay, PARALLEL_LOOKUPS),
            ),
            dnsSide(server, work, "cold, all in parallel", coldLookup(delay, Infinity)),
            dnsSide(server, work, "warm: one look-up", warmLookup(delay)),
          ],
        }),
      );
    }
    const last = comparisons.at(-1);
    const gain = ((last?.sides.at(-1)?.ratio?.median ?? NaN) - 1) * 100;
    const saved =
      last === undefined ? NaN : (medianOf(last, last.baseline) ?? NaN) - (medianOf(last, "warm: one look-up") ?? NaN);
    return {
      comparisons,
      targets: [
        {
          what: "seed: warming DNS makes a cold start faster",
          wanted: "3 %",
          measured: `${measured(gain)} % (${measured(saved)} ms) at ${String(delays.at(-1))} ms per look-up`,
          met: gain >= 3,
        },
      ],
      notes: [],
    };
  } finally {
    await server.close();
  }
};

/** A resolver for one run. */
interface Resolver {
  /** Called before the first connection. */
  prepare: () => Promise<void>;
  lookup: LookupFunction;
  lookups: () => number;
}

const LOOPBACK = [{ address: "127.0.0.1", family: 4 }];

/** One look-up per connection. */
function coldLookup(delayMs: number, atOnce: number): () => Resolver {
  return () => {
    let lookups = 0;
    let running = 0;
    const waiting: (() => void)[] = [];
    const resolve = async (): Promise<void> => {
      lookups++;
      if (running >= atOnce) await new Promise<void>((go) => waiting.push(go));
      running++;
      await sleep(delayMs);
      running--;
      waiting.shift()?.();
    };
    return {
      prepare: () => Promise.resolve(),
      lookup: (hostname, options, callback) => {
        void resolve().then(() => {
          tableLookup({ [hostname]: { type: "resolved", addresses: LOOPBACK } })(hostname, options, callback);
        });
      },
      lookups: () => lookups,
    };
  };
}

/** One look-up whose result all connections use, as in a run. */
function warmLookup(delayMs: number): () => Resolver {
  return () => ({
    prepare: () => sleep(delayMs),
    lookup: tableLookup({ localhost: { type: "resolved", addresses: LOOPBACK } }),
    lookups: () => 1,
  });
}

function dnsSide(server: BenchServer, work: ProbeWork, name: string, resolver: () => Resolver): Side {
  return {
    name,
    role: "ours",
    run: async () => {
      const { prepare, lookup, lookups } = resolver();
      const { port } = new URL(server.url);
      const startedAt = performance.now();
      await prepare();
      const connect = buildConnector({ lookup, ...(server.ca === undefined ? {} : { ca: server.ca }) });
      const pool = new Pool(`https://localhost:${port}`, { connections: CONNECTIONS, connect });
      try {
        const answers = await Promise.all(
          pathsOf(work).map(async (path) => {
            const { statusCode, body } = await pool.request({ path, method: "HEAD", reset: false });
            await body.dump();
            return statusCode;
          }),
        );
        return {
          values: { elapsed: performance.now() - startedAt, lookups: lookups() },
          work: `${answers.filter((status) => status === 200).length} of ${answers.length} available`,
        };
      } finally {
        await pool.destroy();
      }
    },
  };
}
