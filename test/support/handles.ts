import { setTimeout as sleep } from "node:timers/promises";

/** Sockets, threads and timers that keep this process alive, by kind. */
export function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /Worker|MessagePort|TCP|TLS|Timeout/.test(name))
    .sort();
}

/** The handles that were not there before. It doesn't matter if earlier ones have ended since. */
function handlesSince(before: readonly string[]): string[] {
  const left = [...before];
  return handles().filter((name) => {
    const at = left.indexOf(name);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}

/** Upper limit of the wait, ms. */
const MAX_WAIT_MS = 300_000;

/**
 * Waits until all handles that were not there before have ended, and returns those that remain. It doesn't use
 * `expect.poll`, whose timer is itself a handle.
 */
export async function handlesLeft(before: readonly string[]): Promise<string[]> {
  const end = performance.now() + MAX_WAIT_MS;
  while (handlesSince(before).length > 0 && performance.now() < end) await sleep(20);
  return handlesSince(before);
}
