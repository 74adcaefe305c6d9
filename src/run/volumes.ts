import { BfaError } from "../errors.js";
import type { DnsWarmUp } from "../probe/net/dns.js";
import { tenths } from "../text/numbers.js";
import type { Threads } from "../threads/threads.js";
import type { Emit } from "./events.js";
import { fetchVolumes } from "./fetch-volumes.js";
import type { VolumesOptions } from "./options.js";
import { journalOutcome, type RunOutcome } from "./outcome.js";
import { countRetries, type RetriedRequests } from "./retried.js";
import { withThreads } from "./run.js";
import type { Run } from "./running.js";
import { volumesSettings, type VolumesSettings } from "./settings.js";
import { resolveSymbols } from "./symbols.js";
import {
  volumesFailedText,
  volumesOutcome,
  volumesResult,
  type VolumesDone,
  type VolumesResult,
} from "./volumes-result.js";

/** Summary of a run of {@link volumes}. Times in ms, to a tenth. */
export interface VolumesSummary extends VolumesResult {
  command: "volumes";
  /** The same as for other runs; `nothing-to-do` if no file was new. */
  outcome: RunOutcome;
  symbol_count: number;
  /** HTTP requests sent, including retries. */
  requests: number;
  retries: number;
  connections_opened: number;
  dns_lookups: number;
  /** Requests that were sent again after a transient failure, including those that then succeeded. */
  retried: RetriedRequests[];
  elapsed_ms: number;
  phases: { dns_ms: number; plan_ms: number; fetch_ms: number; write_ms: number };
}

/**
 * A run of {@link volumes} in which files failed, or that was interrupted. Everything that was read is written. The CLI
 * exits with 1, or with 130 when it was interrupted.
 */
export class VolumesFailedError extends BfaError<"VOLUMES_FAILED"> {
  /** What the run did, with its failures. */
  readonly summary: VolumesSummary;

  constructor(summary: VolumesSummary) {
    super("VOLUMES_FAILED", messageOf(summary));
    this.summary = summary;
  }
}

/**
 * Fetches the 1d klines of USDⓈ-M futures, the daily trading volumes, into `daily_volumes`. Uses monthly files for past
 * months, and daily files otherwise and for days that a monthly file lacks; each is verified by its checksum. Only new
 * and replaced files are fetched, so it can be interrupted, killed and run again.
 *
 * @example
 * ```ts
 * const { rows_written } = await volumes({ db: "availability.duckdb", quote: "USDT" });
 * ```
 *
 * @throws VolumesFailedError when a file failed or the signal was aborted, unless `reject` is false; StoreError,
 * DiscoveryError, ThreadError, UsageError, InterruptedError when there is no summary
 */
export function volumes(options: VolumesOptions): Run<VolumesSummary> {
  const startedAt = performance.now();
  return withThreads(
    () => volumesSettings(options, Date.now()),
    async (settings, threads, emit) => {
      const summary = await runVolumes(settings, threads, emit, startedAt);
      const { outcome, elapsed_ms } = summary;
      emit({ type: "done", outcome, elapsed_ms });
      if (settings.reject && outcome !== "whole" && outcome !== "nothing-to-do") throw new VolumesFailedError(summary);
      return summary;
    },
  );
}

async function runVolumes(
  settings: VolumesSettings,
  threads: Threads,
  emit: Emit,
  startedAt: number,
): Promise<VolumesSummary> {
  const { writer, counters } = threads;
  const retried = countRetries(threads);
  const planningAt = performance.now();
  const symbols = await resolveSymbols(settings, threads, emit);
  const planMs = performance.now() - planningAt;
  await writer.call("begin", {
    run: { command: "volumes", ...settings.span, symbolCount: symbols.length, startedAt: settings.now },
    symbols,
    counters: counters.buffer,
  });
  const done = await fetchVolumes(symbols, settings, threads, emit);
  const outcome = volumesOutcome(done);
  emit({ type: "publishing" });
  const { counts, written, failures } = done;
  const notices = await writer.call("close", {
    outcome: journalOutcome(outcome),
    probes: counts.filesFetched + failures.length,
    available: counts.filesFetched,
    missing: 0,
    failed: failures.length,
    replays: counts.replays,
    retries: counts.retries,
    connectionsOpened: counts.connectionsOpened,
    rowsWritten: written.rowsWritten,
    unitsWritten: written.unitsWritten,
    endedAt: Date.now(),
  });
  for (const message of notices) emit({ type: "notice", message });
  const effort = { retried: retried(), dns: threads.dns, planMs, elapsedMs: performance.now() - startedAt };
  return summarize(symbols.length, done, outcome, effort);
}

function summarize(
  symbolCount: number,
  done: VolumesDone,
  outcome: RunOutcome,
  effort: { retried: RetriedRequests[]; dns: DnsWarmUp; planMs: number; elapsedMs: number },
): VolumesSummary {
  const { failures, ...result } = volumesResult(done);
  return {
    command: "volumes",
    outcome,
    symbol_count: symbolCount,
    ...result,
    requests: done.counts.requests,
    retries: done.counts.retries,
    connections_opened: done.counts.connectionsOpened,
    dns_lookups: effort.dns.lookups,
    retried: effort.retried,
    elapsed_ms: tenths(effort.elapsedMs),
    phases: {
      dns_ms: tenths(effort.dns.elapsedMs),
      plan_ms: tenths(effort.planMs),
      fetch_ms: tenths(done.fetchMs),
      write_ms: tenths(done.written.writeMs),
    },
    failures,
  };
}

function messageOf(summary: VolumesSummary): string {
  if (summary.outcome === "interrupted") return "fetching volumes was interrupted; run it again to continue";
  return volumesFailedText(summary);
}
