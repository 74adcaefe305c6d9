import type { MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";
import { ThreadError } from "../errors.js";
import type { DiscoveryOutcome } from "../probe/list-folders.js";
import { Counters } from "../rows/counters.js";
import type { CellFailure, Retry } from "../rows/failure.js";
import type { Shard, ShardResult } from "../rows/shard.js";
import { Arrivals } from "./arrivals.js";
import {
  packSymbols,
  type PoolSettings,
  type ProberAnswer,
  type ProberMessage,
  type ProberTask,
} from "./prober-protocol.js";

const ENTRY = new URL("../../workers/prober.js", import.meta.url).href;

/**
 * Heap of a prober, MiB. List pages are short-lived garbage, which V8 lets pile up if it may: with a limited old
 * generation, a backfill of the whole history peaks 120 MiB lower and takes no longer. 10 MiB are live. A young
 * generation of 12 takes 8 MiB more for two probers, and 5 % less CPU for a HEAD.
 */
const PROBER_HEAP = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 64 };

/** Maximum bytes of list pages in flight: with a round trip of 40 ms they fill a line of 1.6 Gbit/s. */
const MAX_LIST_BYTES = 32 * 265_000;

/** Callbacks of the pool. */
export interface PoolEvents {
  /** Called once for each thread, with its ports to pass to the writer: for rows and for volume units. */
  onLoaded: (rows: MessagePort, volumes: MessagePort) => void;
  /** Called with each failure when it happens, and for all failures before {@link ProberPool.runShards} resolves. */
  onFailure: (failure: CellFailure) => void;
  /** Called with each request that is sent again, with the same guarantees. */
  onRetry: (retry: Retry) => void;
  /** Called when an idle thread dies; a thread with tasks fails those instead. */
  onDeath: (error: ThreadError) => void;
}

/**
 * The Piscina pool of prober threads. Tasks are I/O, so a thread runs several at once, to keep its sockets busy during
 * the last answers of each.
 */
export class ProberPool {
  private readonly piscina: Piscina<ProberTask, ProberAnswer>;
  private readonly settled: Promise<void>;
  private announceSettled: () => void = () => undefined;
  private readonly failures = new Arrivals();
  private readonly retries = new Arrivals();
  private readonly counters: Counters;
  private retriesPromised = 0;

  constructor(
    private readonly settings: PoolSettings,
    events: PoolEvents,
  ) {
    this.counters = new Counters(settings.counters);
    this.piscina = new Piscina<ProberTask, ProberAnswer>({
      filename: ENTRY,
      workerData: settings,
      minThreads: settings.threads,
      maxThreads: settings.threads,
      concurrentTasksPerWorker: Math.max(2, Math.ceil(settings.connections / settings.threads)),
      resourceLimits: PROBER_HEAP,
      // The default parks an idle thread in Atomics.wait, and its sockets with it.
      atomics: "disabled",
    });
    this.settled = new Promise((resolve) => {
      this.announceSettled = resolve;
    });
    let loaded = 0;
    this.piscina.on("message", (message: ProberMessage) => {
      switch (message.type) {
        case "loaded":
          events.onLoaded(message.rows, message.volumes);
          if (++loaded === settings.threads) this.announceSettled();
          break;
        case "failure":
          events.onFailure(message.failure);
          this.failures.arrived();
          break;
        case "retry":
          events.onRetry(message.retry);
          this.retries.arrived();
          break;
      }
    });
    this.piscina.on("error", (cause: unknown) => {
      this.announceSettled();
      events.onDeath(endedEarly(cause));
    });
  }

  /** Lists the bucket's symbol folders. */
  async discover(): Promise<DiscoveryOutcome> {
    const outcome = (await this.run({ type: "discover" })) as DiscoveryOutcome;
    await this.allRetries();
    return outcome;
  }

  /**
   * Runs shards, `parallel` at a time, until all are done or `stop` returns true; then the current shards are finished and
   * the rest are skipped. When it resolves, all failures and retries of these shards have been reported.
   *
   * @throws ThreadError when a thread died; the others are left to finish
   */
  async runShards(
    shards: Iterable<Shard>,
    symbols: readonly string[],
    parallel: number,
    stop: () => boolean,
    onResult: (result: ShardResult) => void,
  ): Promise<void> {
    const packed = packSymbols(symbols);
    const queue = shards[Symbol.iterator]();
    const feed = async () => {
      while (!stop()) {
        const next = queue.next();
        if (next.done === true) return;
        const task = { type: "shard", shard: next.value, symbols: packed } as const;
        const result = (await this.run(task)) as ShardResult;
        this.failures.promise(result.failureCount);
        onResult(result);
      }
    };
    await Promise.all(Array.from({ length: parallel }, feed));
    // A thread's answers and failures arrive over different ports, in undefined order.
    await this.failures.all();
    await this.allRetries();
  }

  /**
   * Number of HEAD shards to run at once: one keeps all sockets of its thread busy, and a second one uses those that
   * fall idle during the last answers of the first.
   */
  parallelHeads(): number {
    return this.settings.threads * 2;
  }

  /**
   * Number of LIST shards to run at once: each keeps one socket busy, and large pages take memory.
   *
   * @param pageBytes approximate size of a page
   */
  parallelLists(pageBytes: number): number {
    const { threads, connections } = this.settings;
    return Math.max(threads * 2, Math.min(connections, Math.floor(MAX_LIST_BYTES / pageBytes)));
  }

  /** Resolves when every counted retry has been reported. */
  private async allRetries(): Promise<void> {
    const { retries } = this.counters.read();
    this.retries.promise(retries - this.retriesPromised);
    this.retriesPromised = retries;
    await this.retries.all();
  }

  /** Resolves when all threads are loaded or one has died. */
  async loaded(): Promise<void> {
    // Idle threads of the pool don't keep the process alive.
    const alive = setInterval(() => undefined, 1000);
    await this.settled;
    clearInterval(alive);
  }

  /** Ends all threads, and so their sockets, once they are loaded: Node aborts if a thread is ended earlier. */
  async destroy(): Promise<void> {
    await this.loaded();
    await this.piscina.destroy();
  }

  private async run(task: ProberTask): Promise<ProberAnswer> {
    try {
      return await this.piscina.run(task);
    } catch (cause) {
      this.announceSettled();
      throw endedEarly(cause);
    }
  }
}

function endedEarly(cause: unknown): ThreadError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ThreadError(`a prober thread ended early: ${message}`, { cause });
}
