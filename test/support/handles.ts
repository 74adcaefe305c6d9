import { setTimeout as sleep } from "node:timers/promises";

/** Sockets, threads and timers that keep this process alive, by kind. */
export function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /Worker|MessagePort|TCP|TLS|Timeout/.test(name))
    .sort();
}

/** The handles that were not there before; one of those that has ended since is no matter. */
function handlesSince(before: readonly string[]): string[] {
  const left = [...before];
  return handles().filter((name) => {
    const at = left.indexOf(name);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}

/** Against hanging, ms. */
const MAX_WAIT_MS = 300_000;

/**
 * Waits until no handle is left that was not there before, and gives those that stay. Not by `expect.poll`, whose own
 * timer is one.
 */
export async function handlesLeft(before: readonly string[]): Promise<string[]> {
  const end = performance.now() + MAX_WAIT_MS;
  while (handlesSince(before).length > 0 && performance.now() < end) await sleep(20);
  return handlesSince(before);
}
