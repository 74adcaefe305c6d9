/** Time that current work gets after the signal, ms: a container gets 10 s to stop, and writing needs some of it. */
const GRACE_MS = 4000;

/** How a run ends after its caller's signal. Disposing it removes the listener. */
export interface Ending extends Disposable {
  /** Resolves when current work must not be awaited any longer. Without the signal it never does. */
  readonly over: Promise<void>;
}

/**
 * Begins to end a run once the signal is aborted, which may be the case already, and gives current work some time.
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
