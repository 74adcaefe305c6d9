import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { AddressTable, HostAddresses } from "./addresses.js";

/** Result of the one look-up per host that a run makes. */
export interface DnsWarmUp {
  table: AddressTable;
  /** Look-ups made: one a host name, none for a literal address. */
  lookups: number;
  elapsedMs: number;
}

/**
 * Resolves the hosts of some URLs at once, on the calling thread. A host that can't be resolved doesn't end the run: its
 * entry carries the error, which every connection to it will meet.
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
