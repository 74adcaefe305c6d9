import type { RunCounts } from "./counts.js";
import type { RunFailure } from "./failure.js";
import type { RunOutcome } from "./outcome.js";
import type { VolumeCounts, VolumeFailure } from "./volumes-result.js";

/** Events that a run emits. Dates as YYYY-MM-DD, times in ms. */
export type RunEvent =
  /** DNS look-ups before the first connection. `failed` lists hosts that don't resolve. */
  | { type: "dns"; lookups: number; elapsed_ms: number; failed: { host: string; message: string }[] }
  /** Something that the user should know but that is not a failure. */
  | { type: "notice"; message: string }
  /** The bucket's symbols were listed: `added` are new to the database, `gone` are no longer in the bucket. */
  | { type: "discovered"; symbol_count: number; added: string[]; gone: string[] }
  /** The exchange's contracts were captured; the symbols are those that differ from the previous capture. */
  | {
      type: "captured";
      captured_at: string;
      contract_count: number;
      added: string[];
      changed: string[];
      gone: string[];
    }
  /** Probing begins. */
  | { type: "planned"; from: string; to: string; symbol_count: number; unit_count: number; cell_count: number }
  /** About ten times a second while probing. */
  | { type: "progress"; counts: RunCounts; unit_count: number; cell_count: number }
  /** Cells failed after all retries. */
  | ({ type: "failure" } & RunFailure)
  /** Volumes are being fetched: at the start, and then about ten times a second. */
  | { type: "volumes"; counts: VolumeCounts; symbol_count: number }
  /** A volume file, or a LIST of such files, failed after all retries. */
  | ({ type: "volume-failure" } & VolumeFailure)
  /** Units were committed since the last such event. The figures are totals of the run so far. */
  | { type: "committed"; units_written: number; rows_written: number }
  /** Probing is finished; the writer is finishing. */
  | { type: "probed"; counts: RunCounts }
  /** Everything is written; the database is being maintained and closed. */
  | { type: "publishing" }
  /**
   * The run has ended and its database is published. A plan and a discovery have no outcome and end without this event.
   */
  | { type: "done"; outcome: RunOutcome; elapsed_ms: number };

/** Emits an event to the listeners of a run. Never throws. */
export type Emit = (event: RunEvent) => void;

/**
 * Connects a run to a listener. If the listener throws, or its promise rejects, it gets no more events, and `broken`
 * rejects with the error: events are also emitted from timers and messages, where a throw would end the process.
 */
export function createEmitter(onEvent: (event: RunEvent) => unknown): { emit: Emit; broken: Promise<never> } {
  let listener: typeof onEvent | undefined = onEvent;
  let reject: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_resolve, rejectBroken) => {
    reject = rejectBroken;
  });
  // The run may have ended by the time a listener throws.
  broken.catch(() => undefined);
  const breakOff = (error: unknown) => {
    listener = undefined;
    reject(error);
  };
  const emit: Emit = (event) => {
    try {
      const answer = listener?.(event);
      if (answer instanceof Promise) answer.catch(breakOff);
    } catch (error) {
      breakOff(error);
    }
  };
  return { emit, broken };
}
