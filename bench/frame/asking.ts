import { createHash } from "node:crypto";
import type { Side } from "./comparison.js";
import { quantile } from "./statistics.js";

/** Questions a run, and those before them that are not counted. */
export const ROUNDS = 60;
const WARM_UP = 10;

/** Time since a moment, ms. */
type Clock = () => () => number;

/** Time as it passes. */
export const elapsed: Clock = () => {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
};

/** Time that every thread of the process was at work. */
export const cpuTime: Clock = () => {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
};

/**
 * Asks a run's questions one after the other: the metrics are the `median` of their times and that of the slowest of 20,
 * `slow`.
 *
 * @param ask gives what makes rows that can be compared out of the answer, outside of the time taken
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
