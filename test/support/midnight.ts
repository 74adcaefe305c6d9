import { setTimeout as sleep } from "node:timers/promises";

const DAY_MS = 86_400_000;

/** More time than the tests take on a small machine, ms. */
const MAX_RUN_MS = 10 * 60_000;

/**
 * Vitest's global set-up. Many tests compare what a command did with the day that was yesterday when their file was
 * loaded. So that the day doesn't change under them, tests that are started shortly before midnight UTC wait for it.
 */
export default async function passMidnight(): Promise<void> {
  const left = DAY_MS - (Date.now() % DAY_MS);
  if (left > MAX_RUN_MS) return;
  process.stderr.write(
    `the tests begin at midnight UTC, in ${Math.ceil(left / 60_000)} min: the day may not change under them\n`,
  );
  await sleep(left);
}
