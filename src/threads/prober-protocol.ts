import type { MessagePort } from "node:worker_threads";
import type { DiscoveryOutcome } from "../probe/list-folders.js";
import type { ProberSettings } from "../probe/prober.js";
import type { CellFailure, Retry } from "../rows/failure.js";
import type { Shard, ShardResult } from "../rows/shard.js";

/** The `workerData` of the prober threads. The numbers of sockets are totals, of which each thread takes its share. */
export interface PoolSettings extends ProberSettings {
  threads: number;
  /**
   * Buffers of `Counters`, `Traffic`, `Heartbeats` (probers start at index 1) and a counter that numbers the threads.
   */
  counters: SharedArrayBuffer;
  traffic: SharedArrayBuffer;
  beats: SharedArrayBuffer;
  threadNumber: SharedArrayBuffer;
}

/**
 * Thread to main, in addition to the answers to tasks: once loaded, the ports to pass to the writer; and each failure
 * and retry when it happens.
 */
export type ProberMessage =
  | { type: "loaded"; rows: MessagePort; volumes: MessagePort }
  | { type: "failure"; failure: CellFailure }
  | { type: "retry"; retry: Retry };

/** A task of the pool. The run's symbols come with each shard, in shared memory: see {@link packSymbols}. */
export type ProberTask = { type: "discover" } | { type: "shard"; shard: Shard; symbols: SharedArrayBuffer };
export type ProberAnswer = ShardResult | DiscoveryOutcome;

/** Packs symbols into memory that messages can share instead of copying. */
export function packSymbols(symbols: readonly string[]): SharedArrayBuffer {
  const bytes = new TextEncoder().encode(symbols.join("\n"));
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

/** Reverses {@link packSymbols}. */
export function unpackSymbols(buffer: SharedArrayBuffer): string[] {
  return new TextDecoder().decode(Uint8Array.from(new Uint8Array(buffer))).split("\n");
}

/** Splits a number into `parts` shares that differ by at most one and add up to it. */
export function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}
