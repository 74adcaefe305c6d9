import { UsageError } from "../errors.js";
import type { Threads } from "../threads/threads.js";
import type { Settings } from "./settings.js";

/**
 * Makes sure that a file is filled by one bucket only, so that made-up symbols never mix with real ones. A file without
 * a bucket adopts that of its first run.
 *
 * @throws UsageError when another one filled the file, unless the settings adopt the new one
 */
export async function claimEndpoints(
  { endpoint, listEndpoint, adoptEndpoint }: Pick<Settings, "endpoint" | "listEndpoint" | "adoptEndpoint">,
  { facts, writer }: Pick<Threads, "facts" | "writer">,
): Promise<void> {
  const known = facts.endpoints;
  if (known !== undefined && bucketOf(known.endpoint) === bucketOf(endpoint)) return;
  if (known !== undefined && !adoptEndpoint) {
    throw new UsageError(
      `the file was filled from ${known.endpoint}, not from ${endpoint}: use another file, or adopt the new server`,
      { option: "adoptEndpoint" },
    );
  }
  await writer.call("adopt", { endpoint, listEndpoint });
}

/** What tells one server from another: its host. The port of a server on this machine changes with every start. */
function bucketOf(endpoint: string): string {
  const { hostname, host } = new URL(endpoint);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.") ? "loopback" : host;
}
