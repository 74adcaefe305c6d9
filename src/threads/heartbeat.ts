import { ThreadError } from "../errors.js";

/** Time between two beats of a thread, and between two looks of the main thread, ms. */
const BEAT_MS = 1000;
/** Looks without a beat in between after which a thread counts as stuck. */
const SILENT_LOOKS = 20;

/**
 * Starts the beats of this thread: as long as its event loop turns, it counts up its place in the shared array.
 *
 * @param beats of {@link Heartbeats}
 */
export function startBeating(beats: SharedArrayBuffer, place: number): void {
  const counts = new Int32Array(beats);
  Atomics.add(counts, place, 1);
  setInterval(() => Atomics.add(counts, place, 1), BEAT_MS).unref();
}

/**
 * The main thread's watch over the others. A thread that throws or exits says so itself; one that is stuck in a loop
 * says nothing, and without the watch a run would wait for it for ever. Looks are counted, not time, so that a machine
 * that was asleep finds nobody stuck.
 */
export class Heartbeats {
  /** One place a thread. A thread that has not started to beat is not watched. */
  readonly buffer: SharedArrayBuffer;
  private readonly beats: Int32Array;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param names of the threads, for the error's message
   * @param onStuck called with the place of a thread that has gone silent, once
   */
  constructor(names: readonly string[], onStuck: (place: number, error: ThreadError) => void) {
    this.buffer = new SharedArrayBuffer(names.length * Int32Array.BYTES_PER_ELEMENT);
    const beats = new Int32Array(this.buffer);
    this.beats = beats;
    const seen = new Int32Array(names.length);
    const silent = new Int32Array(names.length);
    this.timer = setInterval(() => {
      for (const [place, name] of names.entries()) {
        const count = Atomics.load(beats, place);
        silent[place] = count === 0 || count !== seen[place] ? 0 : (silent[place] ?? 0) + 1;
        seen[place] = count;
        if (silent[place] !== SILENT_LOOKS) continue;
        const seconds = (SILENT_LOOKS * BEAT_MS) / 1000;
        onStuck(
          place,
          new ThreadError(`${name} is stuck: no sign of life for ${seconds} s; units committed are intact`),
        );
      }
    }, BEAT_MS);
    this.timer.unref();
  }

  /** Ends the watch over a thread that has ended. */
  forget(place: number): void {
    Atomics.store(this.beats, place, 0);
  }

  /** Ends the watch. */
  stop(): void {
    clearInterval(this.timer);
  }
}
