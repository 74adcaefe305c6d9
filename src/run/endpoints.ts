import { UsageError } from "../errors.js";
import { isSameBucket } from "../store/endpoints.js";
import type { Threads } from "../threads/threads.js";
import type { Settings } from "./settings.js";

/**
 * Ensures that a database is filled from one bucket only, so that made-up symbols never mix with real ones. A new
 * database adopts the bucket of its first run.
 *
 * @throws UsageError when it was filled from another bucket, unless the settings adopt the new one
 */
export async function claimEndpoints(
  { endpoint, listEndpoint, adoptEndpoint }: Pick<Settings, "endpoint" | "listEndpoint" | "adoptEndpoint">,
  { facts, writer }: Pick<Threads, "facts" | "writer">,
): Promise<void> {
  const known = facts.endpoints;
  if (known !== undefined && isSameBucket(known.endpoint, endpoint)) return;
  if (known !== undefined && !adoptEndpoint) {
    throw new UsageError(
      `the database was filled from ${known.endpoint}, not from ${endpoint}: use another one, or adopt the new server`,
      { option: "adoptEndpoint" },
    );
  }
  await writer.call("adopt", { endpoint, listEndpoint });
}
