import type { MessagePort } from "node:worker_threads";
import type { PlainError } from "../errors.js";
import type { StepUnits } from "../rows/unit.js";
import type { VolumeKnowledge } from "../rows/volume-unit.js";
import type { VolumeTotals } from "../store/volumes/session.js";
import type { RunEnd, RunStart } from "../store/runs.js";
import type { WriteTotals } from "../store/write/session.js";
import type { ConditionSpan } from "../store/conditions.js";
import type { AnnouncedDelisting, CaptureNews, ContractCapture } from "../store/contracts.js";
import type { DueCells, WantedCells } from "../store/due.js";
import type { Endpoints } from "../store/endpoints.js";
import type { News } from "../store/news.js";
import type { ConditionsWanted, StoreFacts } from "../store/writer.js";

/** A run about to write. */
export interface WriteStart {
  run: RunStart;
  symbols: readonly string[];
  /** Buffer of `Counters`. */
  counters: SharedArrayBuffer;
}

/** Calls of the main thread to the writer: arguments and results. They are answered in order. */
export interface WriterCalls {
  /** @param beats buffer of `Heartbeats`; the writer's index is 0 */
  open: (file: string, beats: SharedArrayBuffer) => StoreFacts;
  recordDiscovery: (names: readonly string[], now: number) => { added: string[]; gone: string[] };
  /** Adds a capture of the exchange's contracts; a known one changes nothing. */
  recordCapture: (capture: ContractCapture) => CaptureNews;
  announcedDelistings: (now: number) => AnnouncedDelisting[];
  /** Records which servers fill the file from now on. */
  adopt: (endpoints: Endpoints) => void;
  due: (wanted: WantedCells, now: number) => DueCells;
  conditions: (wanted: ConditionsWanted) => ConditionSpan[];
  begin: (start: WriteStart) => void;
  beginStep: (step: StepUnits) => void;
  /** Waits for `cellCount` cells of the step from the probers, then drops incomplete units. */
  endStep: (cellCount: number) => void;
  /** Commits all complete units. */
  finish: () => WriteTotals;
  /** What is known about the volumes of symbols, in their order. @param now ms since the Unix epoch */
  volumeKnowledge: (symbols: readonly string[], now: number) => VolumeKnowledge[];
  /** Commits the received volume units. */
  finishVolumes: () => VolumeTotals;
  /** What the run found that was not known before. */
  news: (now: number) => News;
  /** Completes the run in the journal, then maintains, publishes and closes the file; returns notices for the user. */
  close: (end: RunEnd | undefined) => string[];
}

export type WriterMethod = keyof WriterCalls;

/**
 * Main to writer. `rows` and `volumes` pass a prober's port; the others are calls. After `drain` nothing begins any more,
 * and the port gets a message once nothing is in progress.
 */
export type WriterRequest =
  | { type: "drain"; port: MessagePort }
  | { type: "rows"; port: MessagePort }
  | { type: "volumes"; port: MessagePort }
  | { type: "call"; id: number; method: WriterMethod; args: unknown[] };

/** Writer to main: the answer to a call, or an error that ended the writing between calls. */
export type WriterReply = { id: number; value: unknown } | { id: number; error: PlainError } | { error: PlainError };
