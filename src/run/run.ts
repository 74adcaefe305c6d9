import type { Dataset } from "../vision/dataset.js";
import { DEFAULT_DATASET } from "../vision/datasets/default.js";
import type { ThreadError } from "../errors.js";
import { ENDPOINTS } from "../vision/endpoints.js";
import { formatDay, type Day } from "../calendar/day.js";
import { Counters } from "../rows/counters.js";
import type { CellFailure } from "../rows/failure.js";
import { Traffic } from "../probe/traffic.js";
import { warmDns, type DnsWarmUp } from "../probe/net/dns.js";
import { Heartbeats } from "../threads/heartbeat.js";
import {
  BREAKER_CELLS,
  DEFAULT_CONNECTIONS,
  DEFAULT_HTTP2,
  DEFAULT_THREADS,
  DEFAULTS,
  type RunCommand,
  type RunOptions,
} from "./options.js";
import type { ProberPool } from "../threads/prober-pool.js";
import type { RunPart } from "./source.js";
import { cellsByUnit, headShards, listShards } from "./shards.js";
import { summarize, type RunSummary } from "./summary.js";
import { WriterClient } from "../threads/writer-client.js";
import type { StoreFacts } from "../store/writer.js";

/** What a command decides once the file's facts are known. */
export interface RunTarget {
  from: Day;
  to: Day;
  symbols: readonly string[];
  /** Probed and written one after the other; parts without cells cost nothing. */
  parts: readonly RunPart[];
}

/** A run that was planned and not made. Dates as YYYY-MM-DD. */
export interface RunPlan {
  from: string;
  to: string;
  symbols: number;
  parts: Omit<RunPart, "cells">[];
}

type Planner = (session: RunSession) => Promise<RunTarget>;

/** Parts of a run that a command plans with. */
export interface RunSession {
  options: RunOptions;
  dataset: Dataset;
  writer: WriterClient;
  facts: StoreFacts;
  /** False when only a download endpoint is known. */
  canList: boolean;
  /** Lists the bucket's folders through the prober pool. */
  discover: ProberPool["discover"];
}

const PROGRESS_MS = 100;

/**
 * One run from start to summary: opens the file, warms DNS, starts the prober pool, lets the command plan, streams the
 * answers into the file and sums up. Failed probes are in the summary; what is thrown ended the run itself.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function run(command: RunCommand, options: RunOptions, plan: Planner): Promise<RunSummary> {
  const current = new Run(command, options);
  return current.session(async (session, pool, dns) => {
    const planTick = performance.now();
    const target = await plan(session);
    return await current.probe(pool, target, dns, performance.now() - planTick);
  });
}

/**
 * The same up to the plan, which is returned instead of being carried out.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function planOnly(command: RunCommand, options: RunOptions, plan: Planner): Promise<RunPlan> {
  return withSession(command, options, async (session) => {
    const { from, to, symbols, parts } = await plan(session);
    return {
      from: formatDay(from),
      to: formatDay(to),
      symbols: symbols.length,
      parts: parts.map(({ by, source, cellCount, units, costs, reason }) => ({
        by,
        source,
        cellCount,
        units,
        costs,
        reason,
      })),
    };
  });
}

/**
 * Works with the file and the prober pool without a run in the journal.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function withSession<T>(
  command: RunCommand,
  options: RunOptions,
  use: (session: RunSession) => Promise<T>,
): Promise<T> {
  return new Run(command, options).session(use);
}

class Run {
  private readonly startedAt = Date.now();
  private readonly startedTick = performance.now();
  private readonly counters = new Counters();
  private readonly traffic = new Traffic();
  private readonly heartbeats: Heartbeats;
  private readonly writer: WriterClient;
  /** Rejects when a thread is stuck or dies idle; never resolves. */
  private readonly broken: Promise<never>;
  private announceBroken: (error: ThreadError) => void = () => undefined;
  private readonly failures: CellFailure[] = [];
  private stoppedEarly = false;
  private readonly dataset = DEFAULT_DATASET;
  private readonly threads: number;
  private readonly connections: number;
  private readonly http2Connections: number;
  private readonly endpoint: string;
  private readonly listEndpoint: string | undefined;

  constructor(
    private readonly command: RunCommand,
    private readonly options: RunOptions,
  ) {
    this.connections = options.connections ?? DEFAULT_CONNECTIONS.http1;
    const http2 = options.pool !== false && (options.http2 ?? DEFAULT_HTTP2[command]);
    this.http2Connections = http2 ? (options.connections ?? DEFAULT_CONNECTIONS.http2) : 0;
    this.threads = Math.min(options.threads ?? DEFAULT_THREADS[command], this.http2Connections || this.connections);
    this.endpoint = options.endpoint ?? ENDPOINTS.download;
    this.listEndpoint = options.listEndpoint ?? (options.endpoint === undefined ? ENDPOINTS.list : undefined);
    this.broken = new Promise((_resolve, reject) => {
      this.announceBroken = reject;
    });
    // A run that ended before needs no second word.
    this.broken.catch(() => undefined);
    const probers = Array.from({ length: this.threads }, (_, index) => `prober thread ${index + 1}`);
    this.heartbeats = new Heartbeats(["the writer thread", ...probers], (place, error) => {
      if (place === 0) this.writer.giveUp(error);
      this.announceBroken(error);
    });
    this.writer = new WriterClient();
  }

  /** Opens the file and warms DNS, has `use` work with them and the pool, and ends everything again. */
  async session<T>(
    use: (session: RunSession, pool: () => Promise<ProberPool>, dns: DnsWarmUp) => Promise<T>,
  ): Promise<T> {
    let pool: Promise<ProberPool> | undefined;
    try {
      const opening = this.writer.call("open", this.options.db, this.heartbeats.buffer);
      // A failure to open is awaited below; until then it must not count as unhandled.
      opening.catch(() => undefined);
      const dns = await this.warmDns();
      const started = () => (pool ??= this.startPool(dns));
      // An update always probes, so its threads start while the file is opened; a backfill may find nothing to do.
      if (this.command === "update") void started();
      const session = {
        options: this.options,
        dataset: this.dataset,
        writer: this.writer,
        facts: await opening,
        canList: this.listEndpoint !== undefined,
        discover: async () => (await started()).discover(),
      };
      return await Promise.race([use(session, started, dns), this.broken]);
    } finally {
      this.heartbeats.stop();
      this.traffic.abandon();
      await Promise.all([pool?.then((running) => running.destroy()), this.writer.end()]);
    }
  }

  private async warmDns(): Promise<DnsWarmUp> {
    const urls = this.listEndpoint === undefined ? [this.endpoint] : [this.endpoint, this.listEndpoint];
    const dns = await warmDns(urls);
    const failed = Object.entries(dns.table).flatMap(([host, answer]) =>
      answer.type === "unresolved" ? [{ host, message: answer.message }] : [],
    );
    this.options.onEvent?.({ type: "dns", lookups: dns.lookups, elapsedMs: dns.elapsedMs, failed });
    return dns;
  }

  private async startPool(dns: DnsWarmUp): Promise<ProberPool> {
    // Piscina takes 40 ms to load: time in which the writer thread, started before, loads DuckDB.
    const { ProberPool } = await import("../threads/prober-pool.js");
    const { options } = this;
    const settings = {
      dataset: this.dataset,
      endpoint: this.endpoint,
      listEndpoint: this.listEndpoint ?? this.endpoint,
      connections: this.connections,
      http2Connections: this.http2Connections,
      threads: this.threads,
      pooled: options.pool ?? true,
      timeoutMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
      retries: options.retries ?? DEFAULTS.retries,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      addresses: dns.table,
      counters: this.counters.buffer,
      traffic: this.traffic.buffer,
      beats: this.heartbeats.buffer,
      threadNumber: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    };
    return new ProberPool(settings, {
      onRows: (port) => {
        this.writer.connect(port);
      },
      onFailure: (failure) => {
        this.failures.push(failure);
      },
      onDeath: this.announceBroken,
    });
  }

  /** Carries out a plan: probes its parts one after the other while the writer commits what is whole. */
  async probe(
    pool: () => Promise<ProberPool>,
    target: RunTarget,
    dns: DnsWarmUp,
    discoverMs: number,
  ): Promise<RunSummary> {
    const { from, to, symbols } = target;
    const parts = target.parts.filter(({ cellCount }) => cellCount > 0);
    const cells = sum(parts.map(({ cellCount }) => cellCount));
    const units = sum(parts.map((part) => part.units));
    this.options.onEvent?.({
      type: "planned",
      from: formatDay(from),
      to: formatDay(to),
      symbols: symbols.length,
      units,
      cells,
    });
    await this.writer.call("begin", {
      run: { command: this.command, from, to, symbolCount: symbols.length, startedAt: this.startedAt },
      symbols,
      counters: this.counters.buffer,
    });
    const probeTick = performance.now();
    const progress = setInterval(() => {
      this.options.onEvent?.({ type: "progress", counts: this.counters.read(), cells, units });
    }, PROGRESS_MS);
    try {
      for (const part of parts) {
        if (!this.shouldStop()) await this.probePart(await pool(), symbols, part);
      }
    } finally {
      clearInterval(progress);
    }
    const probeMs = performance.now() - probeTick;
    this.options.onEvent?.({ type: "probed", counts: this.counters.read() });
    const written = await this.writer.call("finish");
    const counts = this.counters.read();
    const interrupted = this.options.signal?.aborted === true && counts.cells < cells;
    const outcome = interrupted ? "interrupted" : counts.failed > 0 ? "failed" : "whole";
    const { cells: probes, available, missing, failed, replays, retries, connectionsOpened } = counts;
    const { rowsWritten, unitsWritten } = written;
    const end = { outcome, probes, available, missing, failed, replays, retries, connectionsOpened } as const;
    await this.writer.call("close", { ...end, rowsWritten, unitsWritten, endedAt: Date.now() });
    return summarize({
      command: this.command,
      target,
      outcome,
      stoppedEarly: this.stoppedEarly && counts.cells < cells,
      counts,
      written,
      dns,
      failures: this.failures,
      elapsedMs: performance.now() - this.startedTick,
      discoverMs,
      probeMs,
    });
  }

  /** Probes the cells of a part and waits until the writer has taken in every answer. */
  private async probePart(pool: ProberPool, symbols: readonly string[], part: RunPart): Promise<void> {
    const { cells, by, source, costs } = part;
    await this.writer.call("beginStep", { by, source, expected: cellsByUnit(cells, by) });
    const parallel =
      source === "head" ? pool.parallelHeads() : pool.parallelLists(costs.list.bytes / costs.list.requests);
    const shards = source === "head" ? headShards(cells, this.threads) : listShards(cells, parallel);
    let answered = 0;
    const probing = pool.runShards(
      shards,
      symbols,
      parallel,
      () => this.shouldStop(),
      (result) => {
        answered += result.cellCount;
      },
    );
    // When the file can't be written any more there is no point in probing on.
    await Promise.race([probing, this.writer.failed]);
    await Promise.race([this.writer.call("endStep", answered), this.writer.failed]);
  }

  private shouldStop(): boolean {
    if (this.options.signal?.aborted === true) return true;
    const { maxFailureRate } = this.options;
    if (maxFailureRate === undefined) return false;
    const { cells, failed } = this.counters.read();
    if (cells < BREAKER_CELLS || failed <= maxFailureRate * cells) return false;
    this.stoppedEarly = true;
    this.traffic.abandon();
    return true;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
