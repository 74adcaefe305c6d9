import type { DuckDBConnection } from "@duckdb/node-api";
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
 * The first server of a pair that serves another bucket than its counterpart; undefined if there is none. A pair that
 * names no server for LISTs agrees with any.
 */
export function otherBucket(known: Endpoints, given: Endpoints): { known: string; given: string } | undefined {
  const heads = { known: known.endpoint, given: given.endpoint };
  if (bucketOf(heads.known) !== bucketOf(heads.given)) return heads;
  if (known.listEndpoint === undefined || given.listEndpoint === undefined) return undefined;
  const lists = { known: known.listEndpoint, given: given.listEndpoint };
  return bucketOf(lists.known) === bucketOf(lists.given) ? undefined : lists;
}

/**
 * Identifies the bucket behind a URL by its host and path. Servers on this machine count as one, because their ports
 * change with every start. A file from somebody else may contain any text.
 */
function bucketOf(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const { hostname, host, pathname } = new URL(endpoint);
  const isLocal = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  return isLocal ? "loopback" : host + pathname;
}

/** The servers that filled a file; undefined if no run has recorded them yet. */
export async function knownEndpoints({ connection, file }: Store): Promise<Endpoints | undefined> {
  try {
    return await endpointsIn(connection, "store_info");
  } catch (error) {
    throw toStoreError(file, error);
  }
}

/**
 * The servers that a `store_info` table names; undefined if it names none.
 *
 * @param table the table, or a subquery with its columns
 * @throws DuckDB's errors
 */
export async function endpointsIn(connection: DuckDBConnection, table: string): Promise<Endpoints | undefined> {
  const found = await connection.runAndReadAll(`SELECT endpoint, list_endpoint FROM ${table}`);
  const [endpoint, listEndpoint] = found.getRows()[0] ?? [];
  if (typeof endpoint !== "string") return undefined;
  return { endpoint, listEndpoint: typeof listEndpoint === "string" ? listEndpoint : undefined };
}

/**
 * Records which servers fill a file from now on. A listing of another bucket proves nothing about theirs, so it is
 * forgotten; the symbols stay.
 */
export async function adoptEndpoints(store: Store, endpoints: Endpoints): Promise<void> {
  const { connection, file } = store;
  const known = await knownEndpoints(store);
  try {
    await connection.run("UPDATE store_info SET endpoint = $endpoint, list_endpoint = $listEndpoint", {
      endpoint: endpoints.endpoint,
      listEndpoint: endpoints.listEndpoint ?? null,
    });
    if (known === undefined || otherBucket(known, endpoints) === undefined) return;
    await connection.run("UPDATE store_info SET symbols_discovered_at = NULL; UPDATE symbols SET absent_at = NULL");
  } catch (error) {
    throw toStoreError(file, error);
  }
}
