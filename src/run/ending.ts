/** Time that work in hand has after the signal, ms: a container that is stopped has 10 s, in which all is written too. */
const GRACE_MS = 4000;

/** The end of a run that its caller's signal brings. Disposing of it forgets the signal. */
export interface Ending extends Disposable {
  /** Resolves when the work in hand must not be waited for any longer; never without the signal. */
  readonly over: Promise<void>;
}

/**
 * Begins to end when the signal comes, or has come, and allows the work in hand some time.
 *
 * @param begin called once, at the signal
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
