import { createHash } from "node:crypto";
import type { Side } from "./comparison.js";
import { quantile } from "./statistics.js";

/** Queries per run, and warm-up queries before them. */
export const ROUNDS = 60;
const WARM_UP = 10;

/** Starts a measurement; the returned function gives the time since then, ms. */
type Clock = () => () => number;

/** Wall-clock time. */
export const elapsed: Clock = () => {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
};

/** CPU time of all threads of the process. */
export const cpuTime: Clock = () => {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
};

/**
 * Runs queries one after the other. The metrics are the `median` of their times and, as
 * `slow`, the 95th percentile.
 *
 * @param ask runs a query; the returned function makes comparable rows of the answer, and its time isn't counted
 */
export function askingSide(
  name: string,
  role: Side["role"],
  clock: Clock,
  ask: (round: number) => Promise<() => unknown>,
): Side {
  return {
    name,
    role,
    run: async () => {
      const times: number[] = [];
      const answers = createHash("sha256");
      for (let round = 0; round < WARM_UP + ROUNDS; round++) {
        const taken = clock();
        const rows = await ask(round);
        const time = taken();
        if (round >= WARM_UP) times.push(time);
        answers.update(JSON.stringify(rows()));
      }
      times.sort((a, b) => a - b);
      return { values: { median: quantile(times, 0.5), slow: quantile(times, 0.95) }, work: answers.digest("hex") };
    },
  };
}
