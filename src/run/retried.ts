import type { FailureKind, Retry } from "../rows/failure.js";
import type { Threads } from "../threads/threads.js";

/** Requests to one host that failed in the same way and were sent again. */
export interface RetriedRequests {
  kind: FailureKind;
  /** More specific than the kind: a system error, `HTTP_503`. */
  code: string;
  /** Host and port. */
  host: string;
  count: number;
}

/**
 * Counts the retries of a run from now on, whether or not they helped.
 *
 * @returns a function that returns the counts so far, the most frequent first
 */
export function countRetries(threads: Pick<Threads, "onRetry">): () => RetriedRequests[] {
  const counts = new Map<string, RetriedRequests>();
  threads.onRetry(({ kind, code, host }: Retry) => {
    const key = `${kind} ${code} ${host}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { kind, code, host, count: 1 });
    else known.count++;
  });
  return () => [...counts.values()].sort((a, b) => b.count - a.count);
}
