import { ENDPOINTS } from "../vision/dataset.js";
import { formatDay, type Day } from "../vision/day.js";
import { Counters, type Counts } from "../probe/counters.js";
import type { CellFailure } from "../probe/shard.js";
import { Traffic } from "../probe/traffic.js";
import { warmDns, type DnsWarmUp } from "./dns.js";
import { BREAKER_CELLS, DEFAULTS, type RunOptions } from "./options.js";
import { ProberPool } from "./prober-pool.js";
import { cellsByUnit, countCells, headShards, listShards, type Cells, type UnitBy } from "./shards.js";
import type { RunSummary } from "./summary.js";
import { WriterClient } from "./writer-client.js";
import type { StoreFacts, WriteResult } from "./writer-protocol.js";

/** What a command decides once the file's facts are known. */
export interface RunTarget {
  from: Day;
  to: Day;
  symbols: readonly string[];
  cells: Cells;
  by: UnitBy;
  source: "head" | "list";
}

/** Parts of a run that a command plans with. */
export interface RunSession {
  options: RunOptions;
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
export async function run(
  command: string,
  options: RunOptions,
  plan: (session: RunSession) => Promise<RunTarget>,
): Promise<RunSummary> {
  return new Run(command, options).execute(plan);
}

class Run {
  private readonly startedAt = Date.now();
  private readonly startedTick = performance.now();
  private readonly counters = new Counters();
  private readonly traffic = new Traffic();
  private readonly writer = new WriterClient();
  private readonly failures: CellFailure[] = [];
  private readonly threads: number;
  private readonly connections: number;
  private readonly endpoint: string;
  private readonly listEndpoint: string | undefined;

  constructor(
    private readonly command: string,
    private readonly options: RunOptions,
  ) {
    this.connections = options.connections ?? DEFAULTS.connections;
    this.threads = Math.min(options.threads ?? DEFAULTS.threads, this.connections);
    this.endpoint = options.endpoint ?? ENDPOINTS.download;
    this.listEndpoint = options.listEndpoint ?? (options.endpoint === undefined ? ENDPOINTS.list : undefined);
  }

  async execute(plan: (session: RunSession) => Promise<RunTarget>): Promise<RunSummary> {
    let pool: ProberPool | undefined;
    try {
      const opening = this.writer.call("open", this.options.db);
      // A failure to open is awaited below; until then it must not count as unhandled.
      opening.catch(() => undefined);
      const dns = await this.warmDns();
      pool = this.startPool(dns);
      return await this.probe(pool, await opening, dns, plan);
    } finally {
      this.traffic.abandon();
      await Promise.all([pool?.destroy(), this.writer.end()]);
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

  private startPool(dns: DnsWarmUp): ProberPool {
    const { options } = this;
    const settings = {
      endpoint: this.endpoint,
      listEndpoint: this.listEndpoint ?? this.endpoint,
      connections: this.connections,
      threads: this.threads,
      http2: options.http2 ?? false,
      pooled: options.pool ?? true,
      timeoutMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
      retries: options.retries ?? DEFAULTS.retries,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      addresses: dns.table,
      counters: this.counters.buffer,
      traffic: this.traffic.buffer,
      threadNumber: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    };
    return new ProberPool(settings, (port) => {
      this.writer.connect(port);
    });
  }

  private async probe(
    pool: ProberPool,
    facts: StoreFacts,
    dns: DnsWarmUp,
    plan: (session: RunSession) => Promise<RunTarget>,
  ): Promise<RunSummary> {
    const planTick = performance.now();
    const target = await plan({
      options: this.options,
      writer: this.writer,
      facts,
      canList: this.listEndpoint !== undefined,
      discover: () => pool.discover(),
    });
    const discoverMs = performance.now() - planTick;
    const expected = cellsByUnit(target.cells, target.by);
    const cells = countCells(target.cells);
    this.options.onEvent?.({
      type: "planned",
      from: target.from,
      to: target.to,
      symbols: target.symbols.length,
      source: target.source,
      units: expected.size,
      cells,
    });
    await this.writer.call("begin", {
      run: {
        command: this.command,
        from: target.from,
        to: target.to,
        symbols: target.symbols.length,
        startedAt: this.startedAt,
      },
      symbols: target.symbols,
      by: target.by,
      source: target.source,
      expected,
      counters: this.counters.buffer,
    });
    const probeTick = performance.now();
    const written = await this.stream(pool, target, cells, expected.size);
    const probeMs = written.probedTick - probeTick;
    const counts = this.counters.read();
    const interrupted = this.options.signal?.aborted === true && counts.cells < cells;
    const outcome = interrupted ? "interrupted" : counts.failed > 0 ? "failed" : "whole";
    await this.writer.call("close", {
      endedAt: Date.now(),
      probes: counts.cells,
      available: counts.available,
      missing: counts.missing,
      failed: counts.failed,
      replays: counts.replays,
      retries: counts.retries,
      connectionsOpened: counts.connectionsOpened,
      rowsWritten: written.result.rowsWritten,
      unitsWritten: written.result.unitsWritten,
      outcome,
    });
    return {
      command: this.command,
      outcome,
      from: formatDay(target.from),
      to: formatDay(target.to),
      symbols: target.symbols.length,
      source: target.source,
      ...probeTotals(counts),
      dnsLookups: dns.lookups,
      ...writeTotals(written.result),
      elapsedMs: performance.now() - this.startedTick,
      phases: { dnsMs: dns.elapsedMs, discoverMs, probeMs, writeMs: written.result.writeMs },
      failures: this.failures.map(({ symbol, from, days, failure }) => ({
        symbol: target.symbols[symbol] ?? "",
        date: formatDay(from),
        days,
        ...failure,
      })),
    };
  }

  /** Probes all cells and has the writer commit every whole unit. */
  private async stream(
    pool: ProberPool,
    target: RunTarget,
    cells: number,
    units: number,
  ): Promise<{ result: WriteResult; probedTick: number }> {
    const { cells: wanted, source, symbols } = target;
    const shards = source === "head" ? headShards(wanted, this.threads) : listShards(wanted, pool.parallelShards);
    let answered = 0;
    const progress = setInterval(() => {
      this.options.onEvent?.({ type: "progress", counts: this.counters.read(), cells, units });
    }, PROGRESS_MS);
    try {
      const probing = pool.runShards(
        shards,
        symbols,
        () => this.shouldStop(),
        (result) => {
          answered += result.cells;
          this.failures.push(...result.failures);
        },
      );
      await Promise.race([probing, this.writer.died]);
    } finally {
      clearInterval(progress);
    }
    const probedTick = performance.now();
    this.options.onEvent?.({ type: "probed", counts: this.counters.read() });
    return { result: await this.writer.call("finish", answered), probedTick };
  }

  private shouldStop(): boolean {
    if (this.options.signal?.aborted === true) return true;
    const { maxFailureRate } = this.options;
    if (maxFailureRate === undefined) return false;
    const { cells, failed } = this.counters.read();
    if (cells < BREAKER_CELLS || failed <= maxFailureRate * cells) return false;
    this.traffic.abandon();
    return true;
  }
}

function probeTotals(counts: Counts) {
  const { cells, available, missing, failed, requests, replays, retries, connectionsOpened, foreignKeys } = counts;
  return { probes: cells, available, missing, failed, requests, replays, retries, connectionsOpened, foreignKeys };
}

function writeTotals({ rowsWritten, unitsWritten, replaced, provisional, unpublished }: WriteResult) {
  return {
    rowsWritten,
    unitsWritten,
    replaced,
    provisional: provisional.map(formatDay),
    unpublished: unpublished.map(formatDay),
  };
}
