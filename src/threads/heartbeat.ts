import { ThreadError } from "../errors.js";

/** Interval of a thread's beats and of the main thread's checks, ms. */
const BEAT_MS = 1000;
/** Number of checks without a beat after which a thread counts as stuck. */
const SILENT_CHECKS = 20;

/**
 * Starts the beats of this thread: as long as its event loop runs, it increments its element of the shared array.
 *
 * @param beats the buffer of {@link Heartbeats}
 */
export function startBeating(beats: SharedArrayBuffer, place: number): void {
  const counts = new Int32Array(beats);
  Atomics.add(counts, place, 1);
  setInterval(() => Atomics.add(counts, place, 1), BEAT_MS).unref();
}

/**
 * The main thread's watchdog for the others. A thread that throws or exits emits an event, but a run would wait forever
 * for one that is stuck in a loop. The watchdog counts checks rather than time, so that threads don't look stuck after
 * the machine was suspended.
 */
export class Heartbeats {
  /** One element per thread. A thread that has not started to beat is not watched. */
  readonly buffer: SharedArrayBuffer;
  private readonly beats: Int32Array;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param names names of the threads, for error messages
   * @param onStuck called once with the index of a thread that has stopped beating
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
        if (silent[place] !== SILENT_CHECKS) continue;
        const seconds = (SILENT_CHECKS * BEAT_MS) / 1000;
        onStuck(
          place,
          new ThreadError(`${name} is stuck: no sign of life for ${seconds} s; committed units are intact`),
        );
      }
    }, BEAT_MS);
    this.timer.unref();
  }

  /** Stops watching a thread that has ended. */
  forget(place: number): void {
    Atomics.store(this.beats, place, 0);
  }

  /** Stops the watchdog. */
  stop(): void {
    clearInterval(this.timer);
  }
}
