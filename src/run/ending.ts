/** Time for current work after the signal, ms: a stopped container has 10 s, which must also suffice for writing. */
const GRACE_MS = 4000;

/** The ending of a run after its caller's signal. Disposing it removes the listener. */
export interface Ending extends Disposable {
  /** Resolves when current work must not be awaited any longer; never without the signal. */
  readonly over: Promise<void>;
}

/**
 * Starts ending when the signal is or becomes aborted, and gives current work some time.
 *
 * @param begin called once, when the signal is aborted
 */
export function endOnSignal(signal: AbortSignal | undefined, begin: () => void): Ending {
  let timer: NodeJS.Timeout | undefined;
  let announce: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const start = () => {
    begin();
    timer = setTimeout(announce, GRACE_MS);
  };
  if (signal?.aborted === true) start();
  else signal?.addEventListener("abort", start, { once: true });
  return {
    over,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", start);
    },
  };
}
