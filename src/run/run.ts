import { describeProxy } from "../probe/net/proxy.js";
import { startThreads, type Threads } from "../threads/threads.js";
import { createEmitter, type Emit } from "./events.js";
import { claimEndpoints } from "./endpoints.js";
import { execute } from "./execute.js";
import { makePlan, type Command } from "./plan.js";
import { countRetries } from "./retried.js";
import type { ProbeSettings, Settings } from "./settings.js";
import { summarize, type RunSummary } from "./summary.js";

/**
 * One run from start to summary. Failed probes are in the summary; what is thrown ended the run itself.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function run<S extends ProbeSettings>(command: Command<S>, settings: S): Promise<RunSummary> {
  const startedAt = performance.now();
  return withThreads(settings, async (threads, emit) => {
    const retried = countRetries(threads);
    const planningAt = performance.now();
    const plan = await makePlan(command, settings, threads, emit);
    const planMs = performance.now() - planningAt;
    const totals = await execute(plan, settings, threads, emit);
    const elapsedMs = performance.now() - startedAt;
    return summarize(command.name, plan, totals, { retried: retried(), dns: threads.dns, planMs, elapsedMs });
  });
}

/**
 * Has `use` work with the threads, and ends them again. Rejects at once when a thread dies or the listener throws.
 *
 * @throws StoreError, ThreadError
 */
export async function withThreads<T>(
  settings: Settings,
  use: (threads: Threads, emit: Emit) => Promise<T>,
): Promise<T> {
  const { emit, broken } = createEmitter(settings.onEvent);
  await using threads = await startThreads(settings, (message) => {
    emit({ type: "notice", message });
  });
  const { table, lookups, elapsedMs } = threads.dns;
  const failed = Object.entries(table).flatMap(([host, answer]) =>
    answer.type === "unresolved" ? [{ host, message: answer.message }] : [],
  );
  emit({ type: "dns", lookups, elapsed_ms: elapsedMs, failed });
  const proxied = threads.proxies.map(({ url, proxy }) => {
    return `${new URL(url).host} is asked through the proxy ${describeProxy(proxy)}`;
  });
  for (const message of new Set(proxied)) emit({ type: "notice", message });
  for (const message of threads.facts.notices) emit({ type: "notice", message });
  await claimEndpoints(settings, threads);
  return await Promise.race([use(threads, emit), threads.died, broken]);
}
