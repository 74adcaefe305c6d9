import type { RunCounts } from "./counts.js";
import type { RunFailure } from "./failure.js";

/** What a run reports while it goes. Dates as YYYY-MM-DD, times in ms. */
export type RunEvent =
  /** The look-ups before the first connection. `failed` lists hosts that don't resolve. */
  | { type: "dns"; lookups: number; elapsed_ms: number; failed: { host: string; message: string }[] }
  /** Something the user should know that is not a failure. */
  | { type: "notice"; message: string }
  /** The bucket was listed for its symbols: those that the file didn't know, and those that it alone still knows. */
  | { type: "discovered"; symbol_count: number; added: string[]; gone: string[] }
  /** Probing begins. */
  | { type: "planned"; from: string; to: string; symbol_count: number; unit_count: number; cell_count: number }
  /** About ten times a second while probing. */
  | { type: "progress"; counts: RunCounts; unit_count: number; cell_count: number }
  /** Some cells failed, for good. */
  | ({ type: "failure" } & RunFailure)
  /** Probing is over; the writer finishes. */
  | { type: "probed"; counts: RunCounts }
  /** All is written; the file is tidied up and closed. */
  | { type: "publishing" };

/** Tells the listener of a run what happens. Never throws. */
export type Emit = (event: RunEvent) => void;

/**
 * The way from a run to its listener. A listener that throws hears nothing more, and `broken` rejects with what it threw:
 * events also come from timers and messages, where a throw would end the process.
 */
export function createEmitter(onEvent: ((event: RunEvent) => void) | undefined): {
  emit: Emit;
  broken: Promise<never>;
} {
  let listener = onEvent;
  let reject: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_resolve, rejectBroken) => {
    reject = rejectBroken;
  });
  // The run may have ended by the time a listener throws.
  broken.catch(() => undefined);
  const emit: Emit = (event) => {
    try {
      listener?.(event);
    } catch (error) {
      listener = undefined;
      reject(error);
    }
  };
  return { emit, broken };
}
