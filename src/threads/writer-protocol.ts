import type { MessagePort } from "node:worker_threads";
import type { PlainError } from "../errors.js";
import type { Span } from "../calendar/span.js";
import type { KnownSymbol } from "../store/symbols.js";
import type { WriteTotals } from "../store/write/session.js";
import type { RunEnd, RunStart } from "../store/runs.js";
import type { Day } from "../calendar/day.js";
import type { UnitBy } from "../run/shards.js";

/** What the main thread needs to know of the file to plan a run. */
export interface StoreFacts {
  symbols: KnownSymbol[];
  /** When the bucket was last listed for symbols, ms since the Unix epoch. */
  discoveredAt: number | undefined;
  lastFinalDay: Day | undefined;
}

/** A run about to write. */
export interface WriteStart {
  run: RunStart;
  symbols: readonly string[];
  /** Buffer of `Counters`. */
  counters: SharedArrayBuffer;
}

/** A part of a run: which units are going to come. */
export interface WritePart {
  by: UnitBy;
  source: "head" | "list";
  /** Cells of each unit. */
  expected: ReadonlyMap<number, number>;
}

/** Calls of the main thread to the writer: arguments and results. They are answered in order. */
export interface WriterCalls {
  /** @param beats buffer of `Heartbeats`; the writer's place is 0 */
  open: (file: string, beats: SharedArrayBuffer) => StoreFacts;
  recordDiscovery: (names: readonly string[], now: number) => { added: string[]; gone: string[] };
  gaps: (query: { symbols: readonly string[]; from: Day; to: Day }) => Span[][];
  begin: (start: WriteStart) => void;
  beginPart: (part: WritePart) => void;
  /** Awaits this many cells of the part from the probers; what is not whole then is dropped. */
  endPart: (cells: number) => void;
  /** Commits all whole units. */
  finish: () => WriteTotals;
  /** Ends the run in the journal, tidies the file and closes it. */
  close: (end: RunEnd | undefined) => void;
}

export type WriterMethod = keyof WriterCalls;

/** Main to writer. `rows` hands over a prober's port; the others are calls. */
export type WriterRequest =
  { type: "rows"; port: MessagePort } | { type: "call"; id: number; method: WriterMethod; args: unknown[] };

/** Writer to main: the answer to a call, or an error that ended the writing between calls. */
export type WriterReply = { id: number; value: unknown } | { id: number; error: PlainError } | { error: PlainError };
