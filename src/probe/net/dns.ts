import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { AddressTable, HostAddresses } from "./addresses.js";

/** Result of a run's single look-up of each host. */
export interface DnsWarmUp {
  table: AddressTable;
  /** Number of look-ups: one per host name, none for literal addresses. */
  lookups: number;
  elapsedMs: number;
}

/**
 * Resolves the hosts of URLs concurrently, on the calling thread. A host that can't be resolved doesn't end the run:
 * its entry contains the error, with which every connection to it will fail.
 */
export async function warmDns(urls: readonly string[]): Promise<DnsWarmUp> {
  const startedAt = performance.now();
  const hosts = [...new Set(urls.map((url) => new URL(url).hostname))].filter((host) => !isLiteral(host));
  const entries = await Promise.all(hosts.map(async (host) => [host, await resolve(host)] as const));
  return { table: Object.fromEntries(entries), lookups: hosts.length, elapsedMs: performance.now() - startedAt };
}

function isLiteral(host: string): boolean {
  return isIP(host) !== 0 || host.startsWith("[");
}

async function resolve(host: string): Promise<HostAddresses> {
  try {
    return { type: "resolved", addresses: await lookup(host, { all: true }) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "ENOTFOUND";
    return { type: "unresolved", code, message: `${host} can't be resolved (${code})` };
  }
}
