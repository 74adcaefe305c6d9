import { toStoreError } from "./duckdb-error.js";
import type { Store } from "./open.js";

/** The servers that fill a file. */
export interface Endpoints {
  /** Origin of HEADs. */
  endpoint: string;
  /** URL of the bucket; undefined when nothing can be listed. */
  listEndpoint: string | undefined;
}

/**
 * Whether two servers serve the same bucket, which their host decides. Servers on this machine count as one, because
 * their ports change with every start.
 */
export function isSameBucket(one: string, other: string): boolean {
  return bucketOf(one) === bucketOf(other);
}

/** Identifies a bucket. A file from somebody else may contain any text. */
function bucketOf(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const { hostname, host } = new URL(endpoint);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.") ? "loopback" : host;
}

/** The servers that filled a file; undefined if no run has recorded them yet. */
export async function knownEndpoints({ connection, file }: Store): Promise<Endpoints | undefined> {
  try {
    const found = await connection.runAndReadAll("SELECT endpoint, list_endpoint FROM store_info");
    const [endpoint, listEndpoint] = found.getRows()[0] ?? [];
    if (typeof endpoint !== "string") return undefined;
    return { endpoint, listEndpoint: typeof listEndpoint === "string" ? listEndpoint : undefined };
  } catch (error) {
    throw toStoreError(file, error);
  }
}

/** Records which servers fill a file from now on. */
export async function adoptEndpoints(
  { connection, file }: Store,
  { endpoint, listEndpoint }: Endpoints,
): Promise<void> {
  try {
    await connection.run("UPDATE store_info SET endpoint = $endpoint, list_endpoint = $listEndpoint", {
      endpoint,
      listEndpoint: listEndpoint ?? null,
    });
  } catch (error) {
    throw toStoreError(file, error);
  }
}
