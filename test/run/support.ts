import type { Span } from "../../src/calendar/span.js";
import { NO_CHANGES } from "../../src/store/write/changes.js";
import { dayOf } from "../../src/calendar/day.js";
import { Counters } from "../../src/rows/counters.js";
import type { CellFailure } from "../../src/rows/failure.js";
import type { Shard } from "../../src/rows/shard.js";
import type { RunEvent } from "../../src/run/events.js";
import type { UpdateOptions } from "../../src/run/options.js";
import { updateSettings, type UpdateSettings } from "../../src/run/settings.js";
import type { StoreFacts } from "../../src/store/writer.js";
import type { DiscoveryOutcome } from "../../src/probe/list-folders.js";
import type { Threads } from "../../src/threads/threads.js";

/** An instant in the morning of 2024-03-10. */
export const NOW = dayOf("2024-03-10") * 86_400_000 + 8 * 3_600_000;

/** A call that the writer received. */
export interface Call {
  method: string;
  args: unknown[];
}

/** The parts of a run, without threads. */
export interface FakeThreads extends Threads {
  calls: Call[];
  shards: Shard[];
  abandoned: boolean;
}

/** How the fake threads behave. */
export interface FakeOptions {
  facts?: Partial<StoreFacts>;
  /** Due cells of each symbol of the run. */
  due?: Span[][];
  folders?: DiscoveryOutcome;
  /** Called before a discovery answers. */
  onDiscover?: () => void;
  /** Cells of a shard that fail. */
  failuresOf?: (shard: Shard) => CellFailure[];
  /** Called after each shard. */
  onShard?: () => void;
}

/** Threads that answer immediately, in this thread: every probe finds a file unless it is told to fail. */
export function fakeThreads(options: FakeOptions = {}): FakeThreads {
  const calls: Call[] = [];
  const shards: Shard[] = [];
  const counters = new Counters();
  let listener: (failure: CellFailure) => void = () => undefined;
  const answers: Record<string, unknown> = {
    recordDiscovery: { added: [], gone: [] },
    finish: { rowsWritten: 0, unitsWritten: 0, changes: NO_CHANGES, writeMs: 0 },
    conditions: [],
    announcedDelistings: [],
    news: { listings: [], delistings: [], changedFiles: [] },
    close: [],
    due: { spans: options.due ?? [], counts: { never_probed: 0, provisional: 0, hole: 0, clock: 0 }, dormantCount: 0 },
  };
  const threads: FakeThreads = {
    calls,
    shards,
    abandoned: false,
    writer: {
      call: (method, ...args) => {
        calls.push({ method, args });
        return Promise.resolve(answers[method] as never);
      },
      failed: new Promise<never>(() => undefined),
    },
    facts: {
      symbols: [],
      discoveredAt: undefined,
      capturedAt: undefined,
      endpoints: undefined,
      hasVolumes: false,
      notices: [],
      ...options.facts,
    },
    dns: { table: {}, lookups: 0, elapsedMs: 0 },
    counters,
    proxies: [],
    windDown: () => {
      threads.abandoned = true;
    },
    abandon: () => {
      threads.abandoned = true;
    },
    endProbers: () => undefined,
    onFailure: (onFailure) => {
      listener = onFailure;
    },
    onRetry: () => undefined,
    probers: () =>
      Promise.resolve({
        discover: () => {
          options.onDiscover?.();
          return Promise.resolve(options.folders ?? { type: "folders", names: ["BTCUSDT", "ETHUSDT"] });
        },
        parallelHeads: () => 1,
        parallelLists: () => 1,
        runShards: (given, _symbols, _parallel, stop, onResult) => {
          for (const shard of given) {
            if (stop()) break;
            if (shard.type === "volumes") throw new Error("no volumes were asked for");
            shards.push(shard);
            const failed = options.failuresOf?.(shard) ?? [];
            for (const failure of failed) listener(failure);
            const cellCount =
              shard.type === "head"
                ? shard.symbolIndexes.length
                : shard.spans.reduce((days, { from, to }) => days + to - from + 1, 0);
            counters.add("cells", cellCount);
            counters.add("failed", failed.length);
            counters.add("available", cellCount - failed.length);
            onResult({ cellCount, failureCount: failed.length });
            options.onShard?.();
          }
          return Promise.resolve();
        },
      }),
    died: new Promise<never>(() => undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return threads;
}

/** Settings of an update of two symbols by HEAD. */
export function settingsOf(options: Partial<UpdateOptions> = {}): UpdateSettings {
  const symbols = ["BTCUSDT", "ETHUSDT"];
  return updateSettings({ db: "a.duckdb", symbols, unlisted: true, source: "head", lookback: 3, ...options }, NOW);
}

/** A listener that keeps the events it receives. */
export function recorder(): { events: RunEvent[]; emit: (event: RunEvent) => void } {
  const events: RunEvent[] = [];
  return { events, emit: (event) => events.push(event) };
}
