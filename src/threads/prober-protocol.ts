import type { MessagePort } from "node:worker_threads";
import type { Dataset } from "../vision/dataset.js";
import type { AddressTable } from "../probe/net/addresses.js";
import type { DiscoveryOutcome } from "../probe/list-folders.js";
import type { Shard, ShardResult } from "../rows/shard.js";

/** What a prober thread is started with (`workerData`). */
export interface ProberSettings {
  dataset: Dataset;
  /** Origin that HEADs go to. */
  endpoint: string;
  /** URL of the bucket that LISTs go to. */
  listEndpoint: string;
  /** Sockets of all threads together; each thread takes its share. */
  connections: number;
  /** Those of HEADs where the server speaks HTTP/2; 0: it isn't offered. */
  http2Connections: number;
  threads: number;
  pooled: boolean;
  timeoutMs: number;
  retries: number;
  ca?: string;
  addresses: AddressTable;
  /** Buffers of `Counters`, `Traffic`, `Heartbeats` (probers from place 1 on) and a counter that numbers the threads. */
  counters: SharedArrayBuffer;
  traffic: SharedArrayBuffer;
  beats: SharedArrayBuffer;
  threadNumber: SharedArrayBuffer;
}

/** Thread to main, once, when it is loaded: the port to hand to the writer. */
export interface ProberHello {
  rows: MessagePort;
}

/** A task of the pool. The run's symbols come with each shard, in shared memory: see {@link packSymbols}. */
export type ProberTask = { type: "discover" } | { type: "shard"; shard: Shard; symbols: SharedArrayBuffer };
export type ProberAnswer = ShardResult | DiscoveryOutcome;

/** Symbols in memory that a message can share instead of copying. */
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

/** Splits a number into `parts` shares that differ by one at most and add up to it. */
export function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}
