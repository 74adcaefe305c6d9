import type { RunCounts } from "./counts.js";
import type { RunFailure } from "./failure.js";
import type { RunOutcome } from "./outcome.js";
import type { VolumeCounts, VolumeFailure } from "./volumes-result.js";

/** What a run reports while it goes. Dates as YYYY-MM-DD, times in ms. */
export type RunEvent =
  /** The look-ups before the first connection. `failed` lists hosts that don't resolve. */
  | { type: "dns"; lookups: number; elapsed_ms: number; failed: { host: string; message: string }[] }
  /** Something the user should know that is not a failure. */
  | { type: "notice"; message: string }
  /** The bucket was listed for its symbols: those that the file didn't know, and those that it alone still knows. */
  | { type: "discovered"; symbol_count: number; added: string[]; gone: string[] }
  /** The exchange's contracts were captured; the names are those of which the capture before it says something else. */
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
  /** Some cells failed, for good. */
  | ({ type: "failure" } & RunFailure)
  /** Volumes are fetched: at the start, and then about ten times a second. */
  | { type: "volumes"; counts: VolumeCounts; symbol_count: number }
  /** A file of volumes, or a listing of such files, failed for good. */
  | ({ type: "volume-failure" } & VolumeFailure)
  /** Whole units were committed since the last such event. The figures are those of the run so far. */
  | { type: "committed"; units_written: number; rows_written: number }
  /** Probing is over; the writer finishes. */
  | { type: "probed"; counts: RunCounts }
  /** All is written; the file is tidied up and closed. */
  | { type: "publishing" }
  /** The run has ended, and its file is published. A plan and a discovery have no outcome, and end without this event. */
  | { type: "done"; outcome: RunOutcome; elapsed_ms: number };

/** Tells whoever listens to a run what happens. Never throws. */
export type Emit = (event: RunEvent) => void;

/**
 * The way from a run to a listener. One that throws, or whose promise rejects, hears nothing more, and `broken` rejects
 * with that: events also come from timers and messages, where a throw would end the process.
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
