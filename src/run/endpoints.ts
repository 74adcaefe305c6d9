import { UsageError } from "../errors.js";
import { otherBucket } from "../store/endpoints.js";
import type { StoreFacts } from "../store/writer.js";
import type { Threads } from "../threads/threads.js";
import type { Settings } from "./settings.js";

/**
 * Ensures that a database is filled from one bucket only, so that made-up symbols never mix with real ones. A new
 * database adopts the bucket of its first run.
 *
 * @returns the facts about the file, which lose the last listing of the bucket when another one is adopted
 * @throws UsageError when it was filled from another bucket, unless the settings adopt the new one
 */
export async function claimEndpoints(
  { endpoint, listEndpoint, adoptEndpoint }: Pick<Settings, "endpoint" | "listEndpoint" | "adoptEndpoint">,
  { facts, writer }: Pick<Threads, "facts" | "writer">,
): Promise<StoreFacts> {
  const known = facts.endpoints;
  const other = known && otherBucket(known, { endpoint, listEndpoint });
  if (other !== undefined && !adoptEndpoint) {
    throw new UsageError(
      `the database was filled from ${other.known}, not from ${other.given}: use another one, or adopt the new server`,
      { option: "adoptEndpoint" },
    );
  }
  const isListedFirst = known?.listEndpoint === undefined && listEndpoint !== undefined;
  if (known !== undefined && other === undefined && !isListedFirst) return facts;
  await writer.call("adopt", { endpoint, listEndpoint });
  return { ...facts, endpoints: { endpoint, listEndpoint }, ...(other && { discoveredAt: undefined }) };
}
