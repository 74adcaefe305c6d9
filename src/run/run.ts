import { describeProxy } from "../probe/net/proxy.js";
import { startThreads, type Threads } from "../threads/threads.js";
import { startCapture } from "./capture.js";
import { createEmitter, type Emit } from "./events.js";
import { claimEndpoints } from "./endpoints.js";
import { execute } from "./execute.js";
import { RunFailedError } from "./failed-error.js";
import { makePlan, type Command } from "./plan.js";
import { countRetries } from "./retried.js";
import { running, type Run } from "./running.js";
import type { ProbeSettings, Settings } from "./settings.js";
import { summarize, type RunSummary } from "./summary.js";

/**
 * One run from start to summary.
 *
 * @param settingsOf validates the caller's options; the run rejects with its errors
 * @throws RunFailedError when the run is incomplete and the settings ask for it; StoreError, DiscoveryError,
 * ThreadError, UsageError, InterruptedError when it ended without a summary
 */
export function run<S extends ProbeSettings>(command: Command<S>, settingsOf: () => S): Run<RunSummary> {
  const startedAt = performance.now();
  return withThreads(settingsOf, async (settings, threads, emit) => {
    const retried = countRetries(threads);
    using capture = startCapture(settings, threads.facts, emit);
    const planningAt = performance.now();
    const plan = await makePlan(command, settings, threads, emit);
    const planMs = performance.now() - planningAt;
    const totals = await execute(plan, settings, threads, emit, capture.done);
    const elapsedMs = performance.now() - startedAt;
    const effort = { retried: retried(), dns: threads.dns, planMs, elapsedMs };
    const summary = summarize(command.name, plan, totals, effort);
    const { outcome, elapsed_ms } = summary;
    emit({ type: "done", outcome, elapsed_ms });
    if (settings.reject && outcome !== "whole" && outcome !== "nothing-to-do") throw new RunFailedError(summary);
    return summary;
  });
}

/**
 * Runs `use` with threads, and ends them afterwards. Rejects immediately when a thread dies or the listener throws.
 *
 * @param settingsOf validates the caller's options; the promise rejects with its errors
 * @throws StoreError, ThreadError, and what `use` throws
 */
export function withThreads<S extends Settings, T>(
  settingsOf: () => S,
  use: (settings: S, threads: Threads, emit: Emit) => Promise<T>,
): Run<T> {
  return running(async (tell) => {
    const settings = settingsOf();
    const { emit, broken } = createEmitter((event) => {
      tell(event);
      return settings.onEvent?.(event);
    });
    await using threads = await startThreads(settings, (message) => {
      emit({ type: "notice", message });
    });
    reportStart(threads, emit);
    const facts = await claimEndpoints(settings, threads);
    return await Promise.race([use(settings, { ...threads, facts }, emit), threads.died, broken]);
  });
}

/** Emits how hosts are reached, and notices about the file. */
function reportStart({ dns, proxies, facts }: Threads, emit: Emit): void {
  const failed = Object.entries(dns.table).flatMap(([host, answer]) =>
    answer.type === "unresolved" ? [{ host, message: answer.message }] : [],
  );
  emit({ type: "dns", lookups: dns.lookups, elapsed_ms: dns.elapsedMs, failed });
  const proxied = proxies.map(({ url, proxy }) => {
    return `${new URL(url).host} is reached through the proxy ${describeProxy(proxy)}`;
  });
  for (const message of new Set(proxied)) emit({ type: "notice", message });
  for (const message of facts.notices) emit({ type: "notice", message });
}
